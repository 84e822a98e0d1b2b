using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Kafka.Connection;

/// <summary>
/// What a client of librdkafka says, without secrets: its own lines at debug level, what keeps it from working as one warning per interval.
/// Called from any thread; never throws.
/// </summary>
/// <param name="owner">Begins every line, such as <c>Exporter 'events'</c>.</param>
/// <param name="properties">The client's, with the secrets among them.</param>
/// <param name="logger">Where lines go.</param>
/// <param name="time">The clock of the intervals.</param>
internal sealed class KafkaClientLog(string owner, KafkaProperties properties, ILogger logger, TimeProvider time)
{
    private readonly OncePerInterval _errors = new(time);
    private readonly OncePerInterval _tokenFailures = new(time);
    private volatile string? _problem;
    private volatile string? _lastTransportError;
    private volatile bool _brokersAreDown;

    /// <summary>What keeps the client from working, as far as it said; null after <see cref="Works"/>.</summary>
    public string? Problem => _problem;

    /// <summary>A broker answered.</summary>
    public void Works()
    {
        _brokersAreDown = false;
        _problem = null;
    }

    /// <summary>Something could not be done for a reason that brokers, or nobody, gave.</summary>
    public void Fails(string problem) => _problem = problem;

    public void OnLog(LogMessage line)
    {
        try
        {
            if (logger.IsEnabled(LogLevel.Debug))
                logger.ClientLine(owner, line.Facility, Clean(line.Message));
        }
        catch (Exception)
        {
            // A logger of the host's threw; on a thread of librdkafka's that would end the process.
        }
    }

    /// <param name="error">What librdkafka says.</param>
    /// <param name="isIdle">
    /// Whether nothing is wanted of brokers: they close connections that are not used, and that all of them have is no problem then.
    /// </param>
    public void OnError(Error error, bool isIdle = false)
    {
        try
        {
            var text = Clean(error.Reason);
            var isTransport = error.Code == ErrorCode.Local_Transport;
            if (isTransport)
                _lastTransportError = text;
            if (error.Code == ErrorCode.Local_AllBrokersDown)
                _brokersAreDown = true;

            // That all are down is said once, perhaps while nobody cared; from then on every connection that fails means the same.
            var isDown = error.Code == ErrorCode.Local_AllBrokersDown || (isTransport && _brokersAreDown);
            if (isDown ? isIdle : !KeepsFromWorking(error))
            {
                logger.ClientLine(owner, error.Code.ToString(), text);
                return;
            }

            if (isDown)
                text = _lastTransportError is { } cause ? $"all brokers are down; last: {cause}" : text;
            _problem = text;
            if (_errors.TryTake(out var times))
                logger.ClientFailing(owner, error.Code.ToString(), times, text);
        }
        catch (Exception)
        {
            // As above.
        }
    }

    /// <param name="failure">What the delegate threw. Its text is the application's, and may well hold a token: only the type is
    /// shown.</param>
    public void OnTokenFailure(Exception failure)
    {
        try
        {
            _problem = $"no token could be fetched ({failure.GetType().Name})";
            if (_tokenFailures.TryTake(out var times))
                logger.TokenNotFetched(owner, times, failure.GetType().Name);
        }
        catch (Exception)
        {
            // As above.
        }
    }

    /// <summary>Text of librdkafka's or of a broker's without secrets.</summary>
    public string Clean(string? text) => KafkaText.Clean(text, properties.Secrets);

    /// <summary>One broker that cannot be reached is a matter of librdkafka's, as long as others can.</summary>
    private static bool KeepsFromWorking(Error error) => error.IsFatal || error.Code is
        ErrorCode.Local_Authentication or ErrorCode.Local_Ssl or ErrorCode.Local_Resolve
        or ErrorCode.SaslAuthenticationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TopicAuthorizationFailed
        or ErrorCode.GroupAuthorizationFailed or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState;
}
