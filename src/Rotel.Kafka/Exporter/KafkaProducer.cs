using Confluent.Kafka;
using Rotel.Kafka.Connection;
using Rotel.Memory;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// One client of librdkafka. Reports come on a thread of its own, where nothing is done but to note them. While a record is with it, what
/// librdkafka has copied is charged to the budget a second time.
/// </summary>
internal sealed class KafkaProducer
{
    private readonly IProducer<byte[]?, byte[]> _client;
    private readonly KafkaClientLog _log;
    private readonly KafkaTokenRefresh? _tokens;
    private readonly ByteBudget _budget;
    private readonly Lock _life = new();
    private long _charged;
    private int _outstanding;
    private volatile Error? _fatal;
    private bool _closed;

    /// <summary>Makes the client, which begins to connect at once. Throws what <see cref="KafkaProducers"/> catches.</summary>
    public KafkaProducer(KafkaProperties properties, KafkaSecurityOptions security, KafkaClientLog log, ByteBudget budget)
    {
        _log = log;
        _budget = budget;
        var builder = new ProducerBuilder<byte[]?, byte[]>(properties.All)
            .SetLogHandler((_, line) => log.OnLog(line))
            .SetErrorHandler((_, error) => OnError(error));
        if (security.OAuthBearerToken is { } source)
        {
            _tokens = new KafkaTokenRefresh(source, log);
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => _tokens.OnRefresh(client));
        }

        _client = builder.Build();
    }

    /// <summary>
    /// True after an error that this client cannot get over (the idempotent producer's, mostly): it reports on what it has, and takes
    /// nothing more.
    /// </summary>
    public bool IsBroken => _fatal is not null;

    /// <summary>
    /// Whether it broke because it may not, or cannot, be idempotent here: brokers ask for a permission, or are too old.
    /// </summary>
    public bool IsRefusedIdempotence => _fatal?.Code is
        ErrorCode.ClusterAuthorizationFailed or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature;

    /// <summary>Whether a report is to come.</summary>
    public bool HasOutstanding => Volatile.Read(ref _outstanding) > 0;

    /// <summary>Pulsed by each report.</summary>
    public RoomSignal Room { get; } = new();

    /// <summary>Hands a record over, whose report ends it in the round. Returns the client's refusal, or null.</summary>
    public Error? Produce(RecordDelivery delivery, ProducedHeaders headers, ProduceRound round)
    {
        var record = delivery.Record;
        var charge = record.Charge + headers.Bytes;
        var message = new Message<byte[]?, byte[]> { Key = record.Key, Value = record.Value, Headers = headers.Headers };
        delivery.Begin();
        round.Begin();

        // The native client must not be freed under this call, nor be called when it is; and what was charged when it is freed would be
        // given back twice.
        Error refusal;
        lock (_life)
        {
            if (_closed)
            {
                refusal = new Error(ErrorCode.Local_Destroy);
            }
            else
            {
                Reserve(charge);
                try
                {
                    _client.Produce(delivery.Topic, message, report => OnReport(report.Error, delivery, round, charge));
                    return null;
                }
                catch (Exception exception)
                {
                    // Whatever it is, the round must still come to its end, for the attempt is not over before its last report.
                    Release(charge);
                    refusal = (exception as KafkaException)?.Error ?? new Error(ErrorCode.Local_Fail, exception.GetType().Name);
                }
            }
        }

        Look(refusal);
        delivery.Refuse(refusal);
        round.End();
        return refusal;
    }

    /// <summary>
    /// Ends the client and with it, without a report, what it still has; blocks, mostly for less than 100 ms: until the thread of its
    /// reports and librdkafka's own have ended.
    /// </summary>
    public void Close()
    {
        lock (_life)
        {
            if (_closed)
                return;
            _closed = true;
        }

        _tokens?.Dispose();
        _client.Dispose();

        // There will be no reports any more.
        _budget.Release(Interlocked.Exchange(ref _charged, 0));
    }

    private void OnError(Error error)
    {
        Look(error);
        _log.OnError(error, isIdle: !HasOutstanding);
    }

    private void OnReport(Error error, RecordDelivery delivery, ProduceRound round, long charge)
    {
        Release(charge);
        Look(error);
        if (error.Code == ErrorCode.NoError)
            _log.Works();
        delivery.End(error);
        round.End();
        Room.Pulse();
    }

    private void Look(Error error)
    {
        // The first says most: what follows mostly says only that there was one.
        if (error.IsFatal || error.Code == ErrorCode.Local_Fatal)
            _fatal ??= error;
    }

    private void Reserve(long charge)
    {
        Interlocked.Increment(ref _outstanding);
        Interlocked.Add(ref _charged, charge);
        _budget.ReserveOverdraft(charge);
    }

    private void Release(long charge)
    {
        Interlocked.Decrement(ref _outstanding);
        Interlocked.Add(ref _charged, -charge);
        _budget.Release(charge);
    }
}
