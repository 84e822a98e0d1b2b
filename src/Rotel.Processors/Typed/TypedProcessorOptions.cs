using Rotel.Settings;

namespace Rotel.Processors.Typed;

/// <summary>What can be set about a step of your own.</summary>
public sealed class TypedProcessorOptions
{
    private static readonly TimeSpan LongestTimeLimit = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets what the step is called in logs and metrics.</summary>
    /// <value>Unset: the name of its type; <c>traces-1</c>, <c>traces-2</c>, … for methods. Of one step only, not of all.</value>
    public string? Name { get; set; }

    /// <summary>Gets or sets what becomes of data on which the step fails.</summary>
    /// <value>The default is <see cref="ProcessorFailureMode.Pass"/>.</value>
    public ProcessorFailureMode OnFailure { get; set; }

    /// <summary>
    /// Gets or sets how long the step may take over one request, all its resources together. Then
    /// <see cref="ProcessorContext.CancellationToken"/> is cancelled and the step has failed on what it had not finished; its thread is
    /// replaced by another, and whatever it still does changes nothing.
    /// </summary>
    /// <value>The default is 5 seconds; above 0, at most 10 minutes.</value>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets how large a request may become by the step, encoded. One that came larger may become twice its size whatever this
    /// says.
    /// </summary>
    /// <value>In bytes. The default is 16 MiB; from 64 KiB to 1 GiB.</value>
    public int MaxResultBytes { get; set; } = 16 * 1024 * 1024;

    internal TypedProcessorOptions Copy() => new() { OnFailure = OnFailure, TimeLimit = TimeLimit, MaxResultBytes = MaxResultBytes };

    /// <summary>Adds an error for everything that is wrong.</summary>
    /// <param name="prefix">Before the names of the settings.</param>
    /// <param name="errors">Where to add.</param>
    internal void Validate(string prefix, SettingErrors errors)
    {
        if (Name is not null && string.IsNullOrWhiteSpace(Name))
            errors.Add(prefix + "name", "must not be empty; leave it out, or say what the step is called in logs and metrics.");
        if (!Enum.IsDefined(OnFailure))
            errors.Add(prefix + "on_failure", $"{(int)OnFailure} does not exist; use Pass or Drop.");
        if (TimeLimit <= TimeSpan.Zero || TimeLimit > LongestTimeLimit)
            errors.Add(prefix + "time_limit", $"{TimeLimit} cannot be used; use more than 0 and at most 10 minutes.");
        if (MaxResultBytes is < 64 * 1024 or > 1024 * 1024 * 1024)
            errors.Add(prefix + "max_result_bytes", $"{MaxResultBytes} cannot be used; use 64 KiB to 1 GiB.");
    }
}
