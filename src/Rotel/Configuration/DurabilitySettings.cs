using Rotel.DeadLetters;
using Rotel.Durability;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The rows about what is kept on disk: the disk queue, and what destinations have refused for good.</summary>
internal static class DurabilitySettings
{
    public const string DiskQueue = "disk_queue";
    public const string Directory = "disk_queue_directory";
    public const string Strength = "disk_queue_strength";
    public const string CommitInterval = "disk_queue_commit_interval";
    public const string MaxBytes = "disk_queue_max_bytes";
    public const string MaxAge = "disk_queue_max_age";
    public const string Required = "disk_queue_required";
    public const string DeadLetterDirectory = "dead_letter_directory";
    public const string DeadLetterMaxBytes = "dead_letter_max_bytes";

    public static IReadOnlyList<Setting> All => field ??=
    [
        new Setting<RotelOptions, DiskQueueMode>(
            DiskQueue, SettingForms.OneOf<DiskQueueMode>(),
            "When telemetry is kept on disk: never, when memory does not do, or always, before it is acknowledged.",
            options => options.DiskQueue.Mode, (options, value) => options.DiskQueue.Mode = value),
        new Setting<RotelOptions, string>(
            Directory, SettingForms.FilePath, "The directory that holds the disk queue, one process's at a time, on a local disk.",
            options => options.DiskQueue.Directory, (options, value) => options.DiskQueue.Directory = value)
        {
            WhenUnset = $"none; needed unless `{DiskQueue}` is off",
        },
        new Setting<RotelOptions, DiskQueueStrength>(
            Strength, SettingForms.OneOf<DiskQueueStrength>(),
            "What the disk queue survives: the end of the process, or of the machine's power too.",
            options => options.DiskQueue.Strength, (options, value) => options.DiskQueue.Strength = value),
        new Setting<RotelOptions, TimeSpan>(
            CommitInterval, SettingForms.Duration,
            "With `power_safe`, for how long writes are gathered to be flushed to the disk together; 0s flushes at once.",
            options => options.DiskQueue.CommitInterval, (options, value) => options.DiskQueue.CommitInterval = value),
        new Setting<RotelOptions, long>(
            MaxBytes, SettingForms.ByteSizeBetween(DiskQueueOptions.LeastMaxBytes, long.MaxValue),
            "The bytes that the disk queue may take, all signals together; beyond them the oldest is dropped.",
            options => options.DiskQueue.MaxBytes, (options, value) => options.DiskQueue.MaxBytes = value),
        new Setting<RotelOptions, TimeSpan>(
            MaxAge, SettingForms.Duration,
            "How long the disk queue keeps telemetry, and exporters try again that have no limit of their own; then it is dropped.",
            options => options.DiskQueue.MaxAge, (options, value) => options.DiskQueue.MaxAge = value),
        new Setting<RotelOptions, bool>(
            Required, SettingForms.Boolean,
            "Whether a directory that cannot be used is an error at the start; otherwise Rotel starts without the disk queue and tries again.",
            options => options.DiskQueue.Required, (options, value) => options.DiskQueue.Required = value),
        new Setting<RotelOptions, string>(
            DeadLetterDirectory, SettingForms.FilePath,
            "The directory that keeps what destinations refuse for good, for `rotel replay` to send again.",
            options => options.DeadLetters.Directory, (options, value) => options.DeadLetters.Directory = value)
        {
            WhenUnset = "it is counted and dropped",
        },
        new Setting<RotelOptions, long>(
            DeadLetterMaxBytes, SettingForms.ByteSizeBetween(DeadLetterOptions.LeastMaxBytes, long.MaxValue),
            "The bytes that it may take; beyond them the oldest files are deleted.",
            options => options.DeadLetters.MaxBytes, (options, value) => options.DeadLetters.MaxBytes = value),
    ];
}
