using Rotel.DeadLetters;
using Rotel.Durability;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What must hold of the settings about what is kept on disk, and which of them do nothing beside the others.</summary>
internal static class DurabilityValidation
{
    private const string Example = "/var/lib/my-service/rotel";

    public static void Validate(RotelPlan plan, ConfigurationErrors errors)
    {
        var options = plan.Options;
        var global = errors.In(SettingScope.Global);
        ValidateQueue(options.DiskQueue, global);
        ValidateDeadLetters(options, global);

        if (options.Otlp.Acknowledgement == AcknowledgementMode.Durable)
        {
            var signals = OtlpSignals.All.ToArray().Where(options.Otlp.Receives);
            ValidateDurable(plan, ReceiverSettings.Acknowledgement, signals, global);
        }

        foreach (var receiver in options.Receivers.Others.Where(receiver => receiver.EndsWhenDurable))
        {
            var signals = receiver.Type.SignalsOf(receiver.Options);
            ValidateDurable(plan, receiver.Type.AcknowledgementRow, signals, errors.In(receiver.Scope));
        }
    }

    /// <summary>What is right by itself and has no effect. A default that is written out asks for nothing.</summary>
    public static IEnumerable<string> WarningsOf(RotelPlan plan)
    {
        var options = plan.Options.DiskQueue;
        if (!options.IsOn)
        {
            foreach (var row in RowsThatAreSet(options))
                yield return HasNoEffect(row, $"{Name(DurabilitySettings.DiskQueue)} is off; set that to spill or always");
        }
        else
        {
            if (options.Strength == DiskQueueStrength.CrashSafe && options.CommitInterval != DiskQueueOptions.DefaultCommitInterval)
            {
                yield return HasNoEffect(
                    DurabilitySettings.CommitInterval, $"{Name(DurabilitySettings.Strength)} is crash_safe; set that to power_safe");
            }

            if (plan.Exporters.Any() && !plan.Exporters.Any(plan.IsOnDisk))
            {
                yield return HasNoEffect(
                    DurabilitySettings.DiskQueue, $"{SharedExporterSettings.DiskQueue} is false for every exporter; leave it out for one");
            }
        }

        var deadLetters = plan.Options.DeadLetters;
        if (deadLetters.Directory is null && deadLetters.MaxBytes != DeadLetterOptions.DefaultMaxBytes)
        {
            yield return HasNoEffect(
                DurabilitySettings.DeadLetterMaxBytes, $"nothing is kept; name a directory in {Name(DurabilitySettings.DeadLetterDirectory)}");
        }
    }

    private static void ValidateQueue(DiskQueueOptions options, SettingErrors errors)
    {
        if (!Enum.IsDefined(options.Mode))
            errors.Add(DurabilitySettings.DiskQueue, $"expected {SettingForms.OneOf<DiskQueueMode>().Description}");
        if (!Enum.IsDefined(options.Strength))
            errors.Add(DurabilitySettings.Strength, $"expected {SettingForms.OneOf<DiskQueueStrength>().Description}");
        if (options.Directory is { } directory)
        {
            if (options.IsOn && Problem(directory) is { } problem)
                errors.Add(DurabilitySettings.Directory, problem);
        }
        else if (options.IsOn)
        {
            errors.Add(
                DurabilitySettings.Directory,
                $"is needed by {Name(DurabilitySettings.DiskQueue)}; name a directory on a local disk, such as {Example}, or set that to off");
        }

        if (options.CommitInterval < TimeSpan.Zero || options.CommitInterval > DiskQueueOptions.LongestCommitInterval)
        {
            errors.Add(
                DurabilitySettings.CommitInterval,
                $"must be from 0s, which flushes at once, to {Write(DiskQueueOptions.LongestCommitInterval)}");
        }

        if (options.MaxBytes < DiskQueueOptions.LeastMaxBytes)
            errors.Add(DurabilitySettings.MaxBytes, $"must be {SettingForms.ByteSize.Write(DiskQueueOptions.LeastMaxBytes)} or more");
        if (options.MaxAge < DiskQueueOptions.LeastMaxAge || options.MaxAge > DiskQueueOptions.MostMaxAge)
        {
            errors.Add(
                DurabilitySettings.MaxAge, $"must be from {Write(DiskQueueOptions.LeastMaxAge)} to {Write(DiskQueueOptions.MostMaxAge)}");
        }
    }

    private static void ValidateDeadLetters(RotelOptions options, SettingErrors errors)
    {
        if (options.DeadLetters.MaxBytes < DeadLetterOptions.LeastMaxBytes)
        {
            errors.Add(
                DurabilitySettings.DeadLetterMaxBytes, $"must be {SettingForms.ByteSize.Write(DeadLetterOptions.LeastMaxBytes)} or more");
        }

        if (options.DeadLetters.Directory is not { } directory)
            return;
        if (Problem(directory) is { } problem)
        {
            errors.Add(DurabilitySettings.DeadLetterDirectory, problem);
        }
        else if (options.DiskQueue is { IsOn: true, Directory: { } queue } && Problem(queue) is null && IsAtOrIn(queue, directory))
        {
            errors.Add(
                DurabilitySettings.DeadLetterDirectory,
                $"is the directory of {Name(DurabilitySettings.Directory)} or inside it, where only the disk queue may have files; name another");
        }
    }

    /// <summary>Who is promised that nothing is lost with the process must not send where nothing is kept.</summary>
    private static void ValidateDurable(RotelPlan plan, string row, IEnumerable<OtlpSignal> signals, SettingErrors errors)
    {
        if (!plan.HasDiskQueue)
        {
            errors.Add(
                row,
                $"durable needs a disk queue; set {Name(DurabilitySettings.DiskQueue)} to spill or always and name its directory in"
                    + $" {Name(DurabilitySettings.Directory)}, or choose another acknowledgement");
            return;
        }

        foreach (var signal in signals)
        {
            if (plan.ExportersOf(signal) is not { Count: > 0 } exporters || exporters.Any(plan.IsOnDisk))
                continue;
            var rows = string.Join(", ", exporters.Select(exporter => exporter.Scope.For(SharedExporterSettings.DiskQueue)));
            errors.Add(
                row,
                $"durable would keep nothing of {signal.Name()}, for none of their exporters has a disk queue; leave {rows} out for one"
                    + " of them, or choose another acknowledgement");
        }
    }

    private static IEnumerable<string> RowsThatAreSet(DiskQueueOptions options)
    {
        if (options.Directory is not null)
            yield return DurabilitySettings.Directory;
        if (options.Strength != DiskQueueStrength.CrashSafe)
            yield return DurabilitySettings.Strength;
        if (options.CommitInterval != DiskQueueOptions.DefaultCommitInterval)
            yield return DurabilitySettings.CommitInterval;
        if (options.MaxBytes != DiskQueueOptions.DefaultMaxBytes)
            yield return DurabilitySettings.MaxBytes;
        if (options.MaxAge != DiskQueueOptions.DefaultMaxAge)
            yield return DurabilitySettings.MaxAge;
        if (options.Required)
            yield return DurabilitySettings.Required;
    }

    private static string HasNoEffect(string row, string why) => $"{Name(row)}: has no effect, for {why}, or remove this.";

    private static string? Problem(string directory)
    {
        if (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal))
            return $"expected the path of a directory, such as {Example}";
        var full = Path.GetFullPath(directory);
        return File.Exists(full) ? $"'{full}' is a file; name a directory" : null;
    }

    private static bool IsAtOrIn(string directory, string path)
    {
        var way = Path.GetRelativePath(directory, path);
        return way != ".." && !way.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !Path.IsPathRooted(way);
    }

    private static string Name(string row) => SettingScope.Global.For(row).ToString();

    private static string Write(TimeSpan time) => SettingForms.Duration.Write(time);
}
