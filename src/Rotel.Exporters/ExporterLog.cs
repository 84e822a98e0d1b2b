using Microsoft.Extensions.Logging;

namespace Rotel.Exporters;

/// <summary>The log events of exporters; ids from 4000.</summary>
internal static partial class ExporterLog
{
    [LoggerMessage(
        4001,
        LogLevel.Warning,
        "Exporter '{Exporter}' takes any certificate from {Destination} ({Setting}), so whoever is in between can read and change "
        + "all it sends.")]
    public static partial void VerificationSkipped(this ILogger logger, string exporter, string destination, string setting);

    [LoggerMessage(
        4002,
        LogLevel.Warning,
        "Exporter '{Exporter}' sends credentials to {Destination} without TLS, so whoever is in between can read them.")]
    public static partial void CredentialsInClear(this ILogger logger, string exporter, string destination);
}
