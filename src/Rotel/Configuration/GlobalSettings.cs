using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Otlp;
using Rotel.Processors.Detection;
using Rotel.Processors.Typed;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The rows of the table of settings that belong to no exporter.</summary>
internal static class GlobalSettings
{
    public const string Enabled = "enabled";
    public const string Environment = "environment";
    public const string MemoryLimit = "memory_limit";
    public const string MemoryGuard = "memory_guard";
    public const string DrainTimeout = "drain_timeout";
    public const string RelieveStarvedPool = "relieve_starved_pool";
    public const string ResourceAttributes = "otel_resource_attributes";
    public const string DebugLog = "debug_log";
    public const string DebugLogVerbosity = "debug_log_verbosity";
    public const string ProcessorsOnFailure = "processors_on_failure";
    public const string ProcessorsTimeLimit = "processors_time_limit";
    public const string ProcessorsMaxResultBytes = "processors_max_result_bytes";
    public const string RetryPrefix = "exporter_";

    public static IReadOnlyList<Setting> All => field ??=
    [
        new Setting<RotelOptions, bool>(
            Enabled, SettingForms.Boolean, "False, from any source, turns Rotel off: nothing is listened to and nothing else is checked.",
            options => options.Enabled, (options, value) => options.Enabled = value),
        .. ReceiverSettings.All,
        .. ListenerSettings.All,
        .. SignalRoutes(),
        .. SignalProcessors(),
        .. UserProcessors(),
        .. Batching(
            "", options => options.Batch, "a batch",
            BatchOptions.DefaultMaxItems, BatchOptions.DefaultMaxBytes, BatchOptions.DefaultTimeout),
        .. SignalBatching(),
        .. Retries(),
        new Setting<RotelOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            ResourceAttributes, SettingForms.Pairs, "Attributes to set on every resource that passes.",
            options => options.ResourceAttributes is { Count: > 0 } attributes ? attributes.ToArray() : null,
            (options, pairs) =>
            {
                foreach (var (name, value) in pairs)
                    options.ResourceAttributes[name] = value;
            }),
        .. ResourceDetectionSettings.Rows<RotelOptions>(options => options.ResourceDetection),
        new Setting<RotelOptions, string>(
            Environment, SettingForms.Text,
            "The deployment environment of telemetry whose resource names none, for destinations that want one, as Datadog does.",
            options => options.Environment, (options, value) => options.Environment = value)
        {
            WhenUnset = "the destination's own word for it",
        },
        new Setting<RotelOptions, IReadOnlySet<OtlpSignal>>(
            DebugLog, SignalsForm.Instance, "The signals that are also written to the log.",
            options => options.DebugLog.Signals is { Count: > 0 } signals ? signals.ToHashSet() : null,
            (options, value) =>
            {
                options.DebugLog.Signals.Clear();
                options.DebugLog.Signals.UnionWith(value);
            })
        {
            WhenUnset = "none",
        },
        new Setting<RotelOptions, DebugLogVerbosity>(
            DebugLogVerbosity, SettingForms.OneOf<DebugLogVerbosity>(), "How much of them is written.",
            options => options.DebugLog.Verbosity, (options, value) => options.DebugLog.Verbosity = value),
        new Setting<RotelOptions, long>(
            MemoryLimit, SettingForms.ByteSizeBetween(RotelValidation.LeastMemory, long.MaxValue),
            "The memory that telemetry may take: bodies, queues, and what is being sent.",
            options => options.MemoryLimit, (options, value) => options.MemoryLimit = value)
        {
            WhenUnset =
                $"the smaller of {SettingForms.ByteSize.Write(RotelOptions.DefaultMemoryLimit)} and a quarter of the memory there is",
        },
        new Setting<RotelOptions, bool>(
            MemoryGuard, SettingForms.Boolean,
            "Whether new telemetry is refused, to be sent again, while the heap or the container has nearly reached its own limit.",
            options => options.MemoryGuard, (options, value) => options.MemoryGuard = value),
        new Setting<RotelOptions, TimeSpan>(
            DrainTimeout, SettingForms.Duration, "How long a shutdown may take to deliver what was accepted.",
            options => options.DrainTimeout, (options, value) => options.DrainTimeout = value),
        .. DurabilitySettings.All,
        new Setting<RotelOptions, bool>(
            RelieveStarvedPool, SettingForms.Boolean,
            "Whether the thread pool's minimum is raised while the application blocks all its threads; up to 64 more, put back afterwards.",
            options => options.RelieveStarvedPool, (options, value) => options.RelieveStarvedPool = value),
        .. OperationSettings.All,
    ];

    public static string RouteOf(OtlpSignal signal) => $"exporters_{signal.Name()}";

    public static string ProcessorsOf(OtlpSignal signal) => $"processors_{signal.Name()}";

    private static IEnumerable<Setting> SignalRoutes()
    {
        foreach (var signal in OtlpSignals.All.ToArray())
        {
            yield return new Setting<RotelOptions, IReadOnlyList<string>>(
                RouteOf(signal), SettingForms.List, $"The names of the exporters that {signal.Name()} go to.",
                options => options.For(signal).Exporters, (options, value) => options.For(signal).SetExporters(value))
            {
                WhenUnset = "the only exporter, when no signal is given any",
            };
        }
    }

    private static IEnumerable<Setting> SignalProcessors()
    {
        foreach (var signal in OtlpSignals.Mergeable.ToArray())
        {
            var word = signal == OtlpSignal.Traces ? "trace" : signal.Name();
            yield return new Setting<RotelOptions, IReadOnlyList<string>>(
                ProcessorsOf(signal), SettingForms.List,
                $"Processors of {signal.Name()}, in order: names of built-in ones, and paths of `.dll` and `.cs` files;"
                    + " built-in ones that are not named come first.",
                options => options.For(signal).Processors is { Count: > 0 } listed ? listed : null,
                (options, value) => options.For(signal).SetProcessors(value))
            {
                Aliases = [$"otlp_with_{word}_processor"],
                WhenUnset = "the built-in ones in their order",
            };
        }
    }

    private static IEnumerable<Setting> UserProcessors()
    {
        yield return new Setting<RotelOptions, ProcessorFailureMode>(
            ProcessorsOnFailure, SettingForms.OneOf<ProcessorFailureMode>(),
            "What becomes of data on which a processor of your own fails:"
                + " it goes on as if that were not there, or it is dropped and counted.",
            options => options.UserProcessors.OnFailure, (options, value) => options.UserProcessors.OnFailure = value);
        yield return new Setting<RotelOptions, TimeSpan>(
            ProcessorsTimeLimit, SettingForms.Duration, "How long a processor of your own may take over one request.",
            options => options.UserProcessors.TimeLimit, (options, value) => options.UserProcessors.TimeLimit = value);
        yield return new Setting<RotelOptions, long>(
            ProcessorsMaxResultBytes, SettingForms.ByteSizeBetween(1, int.MaxValue),
            "How large a request may become by a processor of your own.",
            options => (long?)options.UserProcessors.MaxResultBytes,
            (options, value) => options.UserProcessors.MaxResultBytes = (int)value);
    }

    private static IEnumerable<Setting> SignalBatching() => OtlpSignals.Mergeable.ToArray().SelectMany(
        signal => Batching($"{signal.Name()}_", options => options.For(signal).Batch, $"a batch of {signal.Name()}"));

    private static IEnumerable<Setting> Batching(
        string prefix,
        Func<RotelOptions, BatchOptions> batchOf,
        string batch,
        int? maxItems = null,
        int? maxBytes = null,
        TimeSpan? timeout = null)
    {
        const string Global = "the global one";
        yield return new Setting<RotelOptions, int>(
            prefix + SharedExporterSettings.BatchMaxSize, SettingForms.Integer(1),
            $"The most spans, data points or log records in {batch}.",
            options => batchOf(options).MaxItems, (options, value) => batchOf(options).MaxItems = value)
        {
            WhenUnset = maxItems is { } items ? SettingForms.Integer().Write(items) : Global,
        };
        yield return new Setting<RotelOptions, long>(
            prefix + SharedExporterSettings.BatchMaxBytes, SettingForms.ByteSizeBetween(1, int.MaxValue),
            $"The most bytes of uncompressed protobuf in {batch}.",
            options => (long?)batchOf(options).MaxBytes, (options, value) => batchOf(options).MaxBytes = (int)value)
        {
            WhenUnset = maxBytes is { } bytes ? SettingForms.ByteSize.Write(bytes) : Global,
        };
        yield return new Setting<RotelOptions, TimeSpan>(
            prefix + SharedExporterSettings.BatchTimeout, SettingForms.Duration,
            $"How long the first item of {batch} waits for others; 0s sends every request by itself.",
            options => batchOf(options).Timeout, (options, value) => batchOf(options).Timeout = value)
        {
            WhenUnset = timeout is { } wait ? SettingForms.Duration.Write(wait) : Global,
        };
    }

    private static IEnumerable<Setting> Retries()
    {
        yield return Retry(
            SharedExporterSettings.RetryInitialBackoff, "The shortest wait before a failed batch is tried again.",
            retry => retry.InitialBackoff, (retry, value) => retry.InitialBackoff = value, RetryOptions.DefaultInitialBackoff);
        yield return Retry(
            SharedExporterSettings.RetryMaxBackoff, "The longest wait between tries, unless the destination asks for more.",
            retry => retry.MaxBackoff, (retry, value) => retry.MaxBackoff = value, RetryOptions.DefaultMaxBackoff);
        yield return Retry(
            SharedExporterSettings.RetryMaxElapsedTime, "How long after its first failure a batch is given up; 0s means never.",
            retry => retry.MaxElapsedTime, (retry, value) => retry.MaxElapsedTime = value, RetryOptions.DefaultMaxElapsedTime);
    }

    private static Setting<RotelOptions, TimeSpan> Retry(
        string name, string summary, Func<RetryOptions, TimeSpan?> get, Action<RetryOptions, TimeSpan> set, TimeSpan whenUnset) =>
        new(
            RetryPrefix + name, SettingForms.Duration, summary,
            options => get(options.Retry), (options, value) => set(options.Retry, value))
        {
            WhenUnset = SettingForms.Duration.Write(whenUnset),
        };
}
