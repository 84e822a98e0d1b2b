using Microsoft.Extensions.Logging;

namespace Rotel.Receivers.Operation;

/// <summary>The log events of the status endpoint; ids 5120 to 5129 (see <see cref="Diagnostics.EventIds"/>).</summary>
internal static partial class StatusLog
{
    [LoggerMessage(5120, LogLevel.Information, "Rotel tells how it is doing at {Urls}.")]
    public static partial void TellsStatus(this ILogger logger, string urls);

    [LoggerMessage(5121, LogLevel.Error, "{Requests} requests for the status failed unexpectedly, the last of them like this.")]
    public static partial void StatusFailed(this ILogger logger, Exception exception, long requests);
}
