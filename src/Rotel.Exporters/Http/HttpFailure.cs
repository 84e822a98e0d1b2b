using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>What every exporter that speaks HTTP makes of a request that got no answer, and of the wait an answer asks for.</summary>
internal static partial class HttpFailure
{
    /// <summary>
    /// Whether an exception means that the connection failed: it could not be made, broke, or its peer violated the protocol. The
    /// attempt's own cancellation is not among them.
    /// </summary>
    public static bool IsTransport(Exception exception, CancellationToken attempt) => exception switch
    {
        HttpRequestException or IOException => !attempt.IsCancellationRequested,

        // A connect time-out is reported as a cancellation that nobody asked for.
        OperationCanceledException => !attempt.IsCancellationRequested,
        _ => false,
    };

    /// <summary>No answer came, so it is not known whether the batch arrived; it is sent again.</summary>
    public static ExportOutcome Retry(Exception exception, string destination) => ExportOutcome.Retry(Describe(exception, destination));

    /// <summary>What went wrong with a connection, for the log.</summary>
    public static string Describe(Exception exception, string destination)
    {
        var cause = exception is OperationCanceledException ? exception.InnerException?.Message ?? "the connection timed out" : exception.Message;

        // The outer message of a TLS failure only says "see inner exception".
        if (exception is HttpRequestException && exception.InnerException is { } inner && !cause.Contains(inner.Message, StringComparison.Ordinal))
            cause = $"{cause} {inner.Message}";

        // The runtime names a proxy with the credentials that the environment gave it.
        return $"{destination}: {PeerText.Clean(UserInformation().Replace(cause, "://***@"))}";
    }

    /// <summary>
    /// The delay of a <c>Retry-After</c> header, in seconds or as a date; null when there is none that can be read. A date in the past is
    /// no delay.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider time)
    {
        if (headers.RetryAfter is not { } retryAfter)
            return null;
        if (retryAfter.Delta is { } delta)
            return delta;
        if (retryAfter.Date is not { } date)
            return null;

        var wait = date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    [GeneratedRegex(@"://[^/\s@]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInformation();
}
