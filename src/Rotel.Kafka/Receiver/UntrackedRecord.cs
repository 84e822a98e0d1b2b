using Rotel.Pipelines;

namespace Rotel.Kafka.Receiver;

/// <summary>A record whose offset is committed as it is read: nobody asks how it ended, but it waits for room all the same.</summary>
internal sealed class UntrackedRecord : DeliveryCompletion
{
    public override bool AlwaysBlocks => true;

    protected override void OnCompleted(DeliveryStatus worst)
    {
    }
}
