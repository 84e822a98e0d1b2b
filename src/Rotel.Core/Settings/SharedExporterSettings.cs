using Rotel.Batching;
using Rotel.Delivery;

namespace Rotel.Settings;

/// <summary>The rows that every exporter has, whatever its type, and what must hold between them.</summary>
internal static class SharedExporterSettings
{
    public const string BatchMaxSize = "batch_max_size";
    public const string BatchMaxBytes = "batch_max_bytes";
    public const string BatchTimeout = "batch_timeout";
    public const string RequestTimeout = "request_timeout";
    public const string RetryInitialBackoff = "retry_initial_backoff";
    public const string RetryMaxBackoff = "retry_max_backoff";
    public const string RetryMaxElapsedTime = "retry_max_elapsed_time";
    public const string MaxConcurrentRequests = "max_concurrent_requests";
    public const string QueueMaxBytes = "queue_max_bytes";
    public const string Overflow = "overflow";
    public const string DiskQueue = "disk_queue";

    /// <summary>What the timers of the runtime take, a little over 24 days, in a round number.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    public static IReadOnlyList<Setting> All => field ??=
    [
        new Setting<ExporterOptions, int>(
            BatchMaxSize, SettingForms.Integer(1), "The most spans, data points or log records in one batch.",
            options => options.Batch.MaxItems, (options, value) => options.Batch.MaxItems = value)
        {
            WhenUnset = "the signal's",
        },
        new Setting<ExporterOptions, long>(
            BatchMaxBytes, SettingForms.ByteSizeBetween(1, int.MaxValue), "The most bytes of uncompressed protobuf in one batch.",
            options => (long?)options.Batch.MaxBytes, (options, value) => options.Batch.MaxBytes = (int)value)
        {
            WhenUnset = "the signal's",
        },
        new Setting<ExporterOptions, TimeSpan>(
            BatchTimeout, SettingForms.Duration,
            "How long the first item of a batch waits for others; 0s sends every request by itself.",
            options => options.Batch.Timeout, (options, value) => options.Batch.Timeout = value)
        {
            WhenUnset = "the signal's",
        },
        new Setting<ExporterOptions, TimeSpan>(
            RequestTimeout, SettingForms.Duration, "The longest one attempt to send may take.",
            options => options.RequestTimeout, (options, value) => options.RequestTimeout = value),
        new Setting<ExporterOptions, TimeSpan>(
            RetryInitialBackoff, SettingForms.Duration, "The shortest wait before a failed batch is tried again.",
            options => options.Retry.InitialBackoff, (options, value) => options.Retry.InitialBackoff = value)
        {
            WhenUnset = "the global one",
        },
        new Setting<ExporterOptions, TimeSpan>(
            RetryMaxBackoff, SettingForms.Duration, "The longest wait between tries, unless the destination asks for more.",
            options => options.Retry.MaxBackoff, (options, value) => options.Retry.MaxBackoff = value)
        {
            WhenUnset = "the global one",
        },
        new Setting<ExporterOptions, TimeSpan>(
            RetryMaxElapsedTime, SettingForms.Duration, "How long after its first failure a batch is given up; 0s means never.",
            options => options.Retry.MaxElapsedTime, (options, value) => options.Retry.MaxElapsedTime = value)
        {
            WhenUnset = "the global one",
        },
        new Setting<ExporterOptions, int>(
            MaxConcurrentRequests, SettingForms.Integer(1), "How many batches of one signal are sent at the same time.",
            options => options.MaxConcurrentRequests, (options, value) => options.MaxConcurrentRequests = value),
        new Setting<ExporterOptions, long>(
            QueueMaxBytes, SettingForms.ByteSize, "The bytes that one signal's queue may hold, waiting and in flight.",
            options => options.QueueMaxBytes, (options, value) => options.QueueMaxBytes = value)
        {
            WhenUnset = "memory limit / (queues + 1)",
        },
        new Setting<ExporterOptions, OverflowPolicy>(
            Overflow, SettingForms.OneOf<OverflowPolicy>(), "What happens to a payload that finds the queue full.",
            options => options.Overflow, (options, value) => options.Overflow = value)
        {
            WhenUnset = "block where a signal has one exporter, else drop_oldest",
        },
        new Setting<ExporterOptions, bool>(
            DiskQueue, SettingForms.Boolean,
            "Whether the disk queue, where there is one, keeps telemetry for this exporter; false keeps it in memory only.",
            options => options.DiskQueue, (options, value) => options.DiskQueue = value),
    ];

    /// <summary>Checks what all exporters share, whoever set it.</summary>
    public static void Validate(ExporterOptions options, SettingErrors errors)
    {
        Validate(options.Batch, "", errors);
        Validate(options.Retry, "", errors);
        if (options.RequestTimeout <= TimeSpan.Zero)
            errors.Add(RequestTimeout, "must be longer than nothing; write a duration such as 5s");
        ValidateLength(options.RequestTimeout, RequestTimeout, errors);
        if (options.MaxConcurrentRequests < 1)
            errors.Add(MaxConcurrentRequests, "must be 1 or more");
        if (options.QueueMaxBytes < 1)
            errors.Add(QueueMaxBytes, "must be 1 or more; leave it out for a share of the memory limit");
        if (options.Overflow is { } overflow && !Enum.IsDefined(overflow))
            errors.Add(Overflow, $"expected {SettingForms.OneOf<OverflowPolicy>().Description}");
    }

    /// <summary>Checks that a time can be measured by any timer.</summary>
    public static void ValidateLength(TimeSpan? time, string setting, SettingErrors errors)
    {
        if (time > LongestTimer)
            errors.Add(setting, $"must not be longer than {LongestTimer.TotalHours:0}h");
    }

    /// <param name="batch">The options to check.</param>
    /// <param name="prefix">Before the names of the rows, such as <c>traces_</c>.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(BatchOptions batch, string prefix, SettingErrors errors)
    {
        if (batch.MaxItems < 1)
            errors.Add(prefix + BatchMaxSize, "must be 1 or more");
        if (batch.MaxBytes < 1)
            errors.Add(prefix + BatchMaxBytes, "must be 1 or more");
        if (batch.Timeout < TimeSpan.Zero)
            errors.Add(prefix + BatchTimeout, "must not be negative; 0s sends every request by itself");
    }

    /// <param name="retry">The options to check.</param>
    /// <param name="prefix">Before the names of the rows, such as <c>exporter_</c>.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(RetryOptions retry, string prefix, SettingErrors errors)
    {
        if (retry.InitialBackoff <= TimeSpan.Zero)
            errors.Add(prefix + RetryInitialBackoff, "must be longer than nothing; write a duration such as 5s");
        if (retry.MaxBackoff <= TimeSpan.Zero)
            errors.Add(prefix + RetryMaxBackoff, "must be longer than nothing; write a duration such as 30s");
        if (retry.MaxBackoff < retry.InitialBackoff)
            errors.Add(prefix + RetryMaxBackoff, $"must not be shorter than {RetryInitialBackoff}");
        if (retry.MaxElapsedTime < TimeSpan.Zero)
            errors.Add(prefix + RetryMaxElapsedTime, "must not be negative; 0s means that a batch is never given up");
    }
}
