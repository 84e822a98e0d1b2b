using Rotel.Batching;

namespace Rotel;

/// <summary>What is set for one signal.</summary>
public class SignalOptions
{
    internal SignalOptions()
    {
    }

    /// <summary>Gets the batching of the signal; unset values are the global ones, and an exporter's own win.</summary>
    /// <value>Environment: <c>ROTEL_{SIGNAL}_BATCH_MAX_SIZE</c>, <c>…_BATCH_MAX_BYTES</c>, <c>…_BATCH_TIMEOUT</c>.</value>
    public BatchOptions Batch { get; } = new();

    /// <summary>Gets the names of the exporters that receive the signal.</summary>
    /// <value>
    /// Null until <see cref="ExportTo"/> or the environment (<c>ROTEL_EXPORTERS_{SIGNAL}</c>) names some. While that is so for every
    /// signal, a single exporter receives them all; otherwise the signal is off.
    /// </value>
    public IReadOnlyList<string>? Exporters { get; private set; }

    /// <summary>Gets what configuration and environment name as processors of the signal: built-in ones by name, files by path.</summary>
    /// <value>Environment: <c>ROTEL_PROCESSORS_{SIGNAL}</c>.</value>
    public IReadOnlyList<string> Processors { get; private set; } = [];

    /// <summary>Sends the signal to the exporters of these names, and to no others.</summary>
    /// <param name="names">Names given to <see cref="RotelOptions.Exporters"/>, in any case; none turns the signal off.</param>
    public void ExportTo(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        SetExporters(names);
    }

    internal void SetProcessors(IEnumerable<string> namesAndFiles) => Processors = [.. namesAndFiles];

    internal void SetExporters(IEnumerable<string> names) =>
        Exporters = [.. names.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
}
