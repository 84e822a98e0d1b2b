using System.Text;
using Confluent.Kafka;
using Rotel.Kafka.TestKit.Simulator;

namespace Rotel.Throughput.Broker;

/// <summary>
/// Answers the requests of one connection, each message in a method of its own. Only versions from before Kafka had flexible ones are
/// offered, which producers still speak.
/// </summary>
/// <seealso href="https://kafka.apache.org/protocol#protocol_messages"/>
internal sealed class BrokerAnswers(CountingBroker broker)
{
    private const int Node = 1;
    private const short ProduceWithFirstOffset = 5;

    // Fetch is not spoken, but librdkafka sends the present format of records only to brokers that offer its version 4, too.
    private static readonly (KafkaApi Api, short Oldest, short Newest)[] Offered =
    [
        (KafkaApi.Produce, 3, 7),
        (KafkaApi.Fetch, 4, 4),
        (KafkaApi.Metadata, 1, 1),
        (KafkaApi.ApiVersion, 0, 0),
        (KafkaApi.InitProducerId, 0, 0),
    ];

    private readonly AnswerFields _answer = new();

    /// <summary>What was answered since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _answer.Written;

    public void Clear() => _answer.Clear();

    /// <param name="request">Without the length before it.</param>
    public void Answer(ReadOnlySpan<byte> request)
    {
        var fields = new RequestFields(request);
        var api = (KafkaApi)fields.Int16();
        var version = fields.Int16();
        _answer.Begin(fields.Int32());
        fields.String(); // The client's name.
        if (api == KafkaApi.ApiVersion)
            ApiVersions(version);
        else if (!Array.Exists(Offered, offer => offer.Api == api && offer.Oldest <= version && version <= offer.Newest))
            throw new InvalidDataException($"Request {api} in version {version} is not spoken here.");
        else if (api == KafkaApi.Metadata)
            Metadata(ref fields);
        else if (api == KafkaApi.InitProducerId)
            InitProducerId();
        else if (api == KafkaApi.Produce)
            Produce(ref fields, version);
        else
            throw new InvalidDataException($"Request {api} is not spoken here.");
        _answer.End();
    }

    /// <summary>A newer version than is spoken is answered in the oldest one, and the client asks again.</summary>
    private void ApiVersions(short version)
    {
        _answer.Error(version == 0 ? ErrorCode.NoError : ErrorCode.UnsupportedVersion);
        _answer.Int32(Offered.Length);
        foreach (var (api, oldest, newest) in Offered)
        {
            _answer.Int16((short)api);
            _answer.Int16(oldest);
            _answer.Int16(newest);
        }
    }

    private void Metadata(ref RequestFields fields)
    {
        var address = broker.Address;
        _answer.Int32(1); // Brokers.
        _answer.Int32(Node);
        _answer.String(Encoding.UTF8.GetBytes(address.Address.ToString()));
        _answer.Int32(address.Port);
        _answer.Int16(-1); // No rack.
        _answer.Int32(Node); // The controller.

        var asked = fields.Int32();
        _answer.Int32(asked < 0 ? broker.Topics.Count : asked);
        if (asked < 0)
        {
            foreach (var topic in broker.Topics)
                Describe(topic.Name, topic);
        }

        for (var i = 0; i < asked; i++)
        {
            var name = fields.String();
            Describe(name, broker.Topic(name));
        }
    }

    private void Describe(ReadOnlySpan<byte> name, CountedTopic? topic)
    {
        var partitions = topic?.PartitionCount ?? 0;
        _answer.Error(topic is null ? ErrorCode.UnknownTopicOrPart : ErrorCode.NoError);
        _answer.String(name);
        _answer.Int8(0); // Not one of the cluster's own.
        _answer.Int32(partitions);
        for (var i = 0; i < partitions; i++)
        {
            _answer.Error(ErrorCode.NoError);
            _answer.Int32(i);
            _answer.Int32(Node); // The leader.
            for (var list = 0; list < 2; list++)
            {
                // The replicas; those that are in step.
                _answer.Int32(1);
                _answer.Int32(Node);
            }
        }
    }

    private void InitProducerId()
    {
        _answer.Int32(0); // Not throttled.
        _answer.Error(ErrorCode.NoError);
        _answer.Int64(broker.NewProducerId());
        _answer.Int16(0); // The epoch.
    }

    private void Produce(ref RequestFields fields, short version)
    {
        fields.String(); // The transaction.
        var isAnswered = fields.Int16() != 0;
        fields.Int32(); // How long to wait for replicas.
        var topics = fields.Int32();
        _answer.Int32(topics);
        for (var i = 0; i < topics; i++)
        {
            var name = fields.String();
            var topic = broker.Topic(name);
            var partitions = fields.Int32();
            _answer.String(name);
            _answer.Int32(partitions);
            for (var j = 0; j < partitions; j++)
                Produce(ref fields, version, topic);
        }

        _answer.Int32(0); // Not throttled.
        if (!isAnswered)
            _answer.Withdraw();
    }

    private void Produce(ref RequestFields fields, short version, CountedTopic? topic)
    {
        var index = fields.Int32();
        var bytes = fields.Bytes();
        var error = Append(bytes, topic, index, out var offset);
        _answer.Int32(index);
        _answer.Error(error);
        _answer.Int64(offset);
        _answer.Int64(-1); // Times are the producer's.
        if (version >= ProduceWithFirstOffset)
            _answer.Int64(0); // Where the partition begins.
    }

    private ErrorCode Append(ReadOnlySpan<byte> bytes, CountedTopic? topic, int index, out long offset)
    {
        offset = -1;
        if (topic?.Partition(index) is not { } partition)
            return ErrorCode.UnknownTopicOrPart;
        broker.CountBytes(bytes.Length);
        var batches = new RequestFields(bytes);
        var batch = new RecordBatch(ref batches);
        return batches.IsAtEnd
            ? broker.Append(topic, partition, batch, out offset)
            : throw new InvalidDataException("More than one batch for a partition.");
    }
}
