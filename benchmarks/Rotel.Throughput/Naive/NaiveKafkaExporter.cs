using Confluent.Kafka;
using Google.Protobuf;
using Rotel.Throughput.Broker;

namespace Rotel.Throughput.Naive;

/// <summary>Produces each batch as records of at most a million bytes, cut by resources: the client takes an array and copies it.</summary>
internal sealed class NaiveKafkaExporter<TRequest>(NaiveSignal<TRequest> signal, NaiveOptions options) : INaiveExporter<TRequest>
    where TRequest : class, IMessage<TRequest>, new()
{
    private const int MostBytes = 900_000;

    private readonly string _topic = BrokerRole.TopicOf(signal.Signal);

    private readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = options.Endpoint.Authority,
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = 5,
    }).Build();

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        var produced = new List<Task>();
        foreach (var part in signal.Cut(batch, MostBytes))
            produced.Add(_producer.ProduceAsync(_topic, new Message<Null, byte[]> { Value = part.ToByteArray() }, cancellationToken));
        await Task.WhenAll(produced);
    }

    public void Dispose() => _producer.Dispose();
}
