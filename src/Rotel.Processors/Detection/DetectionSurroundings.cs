using System.Diagnostics.Metrics;

namespace Rotel.Processors.Detection;

/// <summary>What resource detection looks at: everything ambient comes through here.</summary>
/// <param name="Environment">The variables of the process. Only those that a detector names are looked at.</param>
/// <param name="Time">For the deadline.</param>
/// <param name="MeterFactory">For the HTTP client's meters, so that they do not show among the host's.</param>
internal sealed record DetectionSurroundings(IReadOnlyDictionary<string, string> Environment, TimeProvider Time, IMeterFactory MeterFactory)
{
    /// <summary>The directory that stands for the root of the file system.</summary>
    public string FileRoot { get; init; } = "/";

    /// <summary>How a connection to a metadata service is made; null for the address that was asked for.</summary>
    public Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>The value of a variable, trimmed; null when it is not set or empty.</summary>
    public string? Variable(string name) =>
        Environment.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>The first of several variables that is set.</summary>
    public string? Variable(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Variable(name) is { } value)
                return value;
        }

        return null;
    }
}
