using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Rotel.HandOff;

/// <summary>Stands in for the exporter where Rotel is switched off or exports no logs.</summary>
internal sealed class UnwantedLogRecords : BaseProcessor<LogRecord>;
