using Confluent.Kafka;
using Google.Protobuf;
using Rotel.Throughput.Broker;

namespace Rotel.Throughput.Naive;

/// <summary>Consumes a topic as one would write it first: whatever is read counts as done, and is committed in the background.</summary>
internal sealed class NaiveKafkaReceiver<TRequest>(NaiveSignal<TRequest> signal, NaivePipeline<TRequest> pipeline, Uri source)
    where TRequest : class, IMessage<TRequest>, new()
{
    public Task RunAsync(CancellationToken stopping) => Task.Factory.StartNew(
        () => ConsumeAsync(stopping), stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task ConsumeAsync(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = source.Authority,
            GroupId = BrokerRole.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AutoCommitIntervalMs = 100,
            FetchWaitMaxMs = 10,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        }).Build();
        consumer.Subscribe(BrokerRole.TopicOf(signal.Signal));
        while (!stopping.IsCancellationRequested)
        {
            if (consumer.Consume(stopping) is { } result)
                await pipeline.AcceptAsync(signal.Parser.ParseFrom(result.Message.Value), stopping);
        }
    }
}
