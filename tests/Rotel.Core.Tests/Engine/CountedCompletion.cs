using System.Collections.Concurrent;
using Rotel.Pipelines;

namespace Rotel.Engine;

/// <summary>A completion that remembers every report, of which there may be one.</summary>
internal sealed class CountedCompletion : DeliveryCompletion
{
    public ConcurrentQueue<DeliveryStatus> Reports { get; } = new();

    protected override void OnCompleted(DeliveryStatus worst) => Reports.Enqueue(worst);
}
