using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The tags that say what a span talks to, by which statistics of clients, producers and consumers are told apart
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/trace/config/peer_tags.ini): gathered while a span's tags are written.
/// </summary>
/// <param name="pool">For the gathered tags.</param>
internal sealed class PeerTags(BufferPool pool)
{
    /// <summary>In the order in which they are told.</summary>
    public static readonly string[] Keys =
    [
        "_dd.base_service", "active_record.db.vendor", "amqp.destination", "amqp.exchange", "amqp.queue", "aws.queue.name", "aws.s3.bucket",
        "bucketname", "cassandra.keyspace", "db.cassandra.contact.points", "db.couchbase.seed.nodes", "db.hostname", "db.instance", "db.name",
        "db.namespace", "db.system", "db.system.name", "db.type", "dns.hostname", "grpc.host", "hostname", "http.host", "http.server_name",
        "messaging.destination", "messaging.destination.name", "messaging.destination.template", "messaging.kafka.bootstrap.servers",
        "messaging.rabbitmq.exchange", "messaging.system", "mongodb.db", "msmq.queue.path", "net.peer.name", "network.destination.ip",
        "network.destination.name", "out.host", "peer.hostname", "peer.service", "queuename", "rpc.service", "rpc.system",
        "sequel.db.vendor", "server.address", "streamname", "tablename", "topicname",
    ];

    /// <summary>One that sends more bytes of these than that is not talking to peers.</summary>
    private const int MaxLength = 4096;

    private readonly PooledBytes _values = new(pool);
    private readonly PooledBytes _tags = new(pool);
    private readonly List<(AttributeRule Rule, int Start, int Length)> _found = [];

    public void Begin()
    {
        if (_found.Count == 0)
            return;
        _found.Clear();
        _values.Clear();
    }

    /// <summary>Gathers one, whose <see cref="AttributeRule.PeerOrder"/> is not negative.</summary>
    public void Add(AttributeRule rule, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || _values.Length + value.Length > MaxLength)
            return;
        var start = _values.Length;
        PeerAddress.Write(value, _values);
        _found.Add((rule, start, _values.Length - start));
    }

    /// <summary>What the statistics of a span are told: each as length and text, in order. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(OtlpSpanKind kind)
    {
        var isPeer = kind is OtlpSpanKind.Client or OtlpSpanKind.Producer or OtlpSpanKind.Consumer;
        if (_found.Count == 0 || kind == OtlpSpanKind.Server)
            return default;

        _found.Sort(static (left, right) => left.Rule.PeerOrder.CompareTo(right.Rule.PeerOrder));
        _tags.Clear();
        foreach (var (rule, start, length) in _found)
        {
            // Of other spans only the service they would have otherwise is told.
            if (!isPeer && rule.PeerOrder > 0)
                break;
            _tags.WriteVarint((uint)(rule.Tag.Bytes.Length + 1 + length));
            _tags.Write(rule.Tag.Bytes);
            _tags.WriteByte((byte)':');
            _tags.Write(_values.Span.Slice(start, length));
        }

        return _tags.Span;
    }

    /// <summary>Gives memory back.</summary>
    public void Release()
    {
        Begin();
        _values.Release();
        _tags.Release();
    }
}
