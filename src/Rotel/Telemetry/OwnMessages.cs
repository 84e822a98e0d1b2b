using Microsoft.Extensions.Logging;
using Rotel.Processors.Debug;

namespace Rotel.Telemetry;

/// <summary>
/// The host's loggers, for Rotel's own messages, from which they also come into its telemetry: all from Information on. Not the debug log,
/// which is other people's telemetry, and nothing about exporters that these messages go to: what a failing export of them says would be
/// the next to export, without end.
/// </summary>
internal sealed class OwnMessages : ILoggerFactory
{
    private readonly ILoggerFactory _host;
    private readonly LogLevel _least;
    private readonly HashSet<string> _silent;

    /// <param name="host">The host's.</param>
    /// <param name="level">The least severe that is written at all.</param>
    /// <param name="exporters">The names of the exporters that the messages go to.</param>
    public OwnMessages(ILoggerFactory host, LogLevel level, IEnumerable<string> exporters)
    {
        _host = host;
        _least = level > LogLevel.Information ? level : LogLevel.Information;
        _silent = [DebugLogProcessor.Category, .. exporters.Select(CategoryOf)];
    }

    /// <summary>Where messages are gathered; null until there are pipelines for them.</summary>
    public OwnLogRecords? Records { get; set; }

    /// <summary>The category in which the exporter of a name writes.</summary>
    public static string CategoryOf(string exporter) => $"Rotel.Exporters.{exporter}";

    /// <summary>Whether messages of a level are taken.</summary>
    public bool Take(LogLevel level) => level >= _least && level != LogLevel.None;

    public ILogger CreateLogger(string categoryName)
    {
        var host = _host.CreateLogger(categoryName);
        return _silent.Contains(categoryName) ? host : new OwnLogger(host, categoryName, this);
    }

    /// <summary>The logger of an exporter's deliveries, all in one category.</summary>
    public ILogger CreateDeliveryLogger(string categoryName, string exporter) =>
        _silent.Contains(CategoryOf(exporter)) ? _host.CreateLogger(categoryName) : CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => _host.AddProvider(provider);

    /// <summary>The loggers are the host's to dispose.</summary>
    public void Dispose()
    {
    }
}
