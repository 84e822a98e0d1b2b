using Confluent.Kafka;

namespace Rotel.Throughput.Load;

/// <summary>One record at a time into a topic.</summary>
internal sealed class KafkaLoadConnection : ILoadConnection
{
    private readonly KafkaTopicLoad _topic;
    private readonly RequestBodies _bodies;

    public KafkaLoadConnection(KafkaTopicLoad topic, RequestBodies bodies)
    {
        _topic = topic;
        _bodies = bodies;
        topic.AddUser();
    }

    public async Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken)
    {
        try
        {
            await _topic.ProduceAsync(request, _bodies[request], cancellationToken);
            return SendOutcome.Accepted;
        }
        catch (KafkaException)
        {
            return SendOutcome.Unanswered;
        }
    }

    public void Dispose() => _topic.Dispose();
}
