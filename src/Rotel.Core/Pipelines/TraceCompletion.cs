namespace Rotel.Pipelines;

/// <summary>Tells a <see cref="TraceWatch"/> how a payload of spans ended, and then whoever else wants to know.</summary>
internal sealed class TraceCompletion(TraceWatch watch, TracePart[] parts, DeliveryCompletion? sender) : DeliveryCompletion
{
    public override bool AlwaysBlocks => sender is { AlwaysBlocks: true };

    public override bool SenderKeeps => sender is { SenderKeeps: true };

    protected override void OnCompleted(DeliveryStatus worst)
    {
        watch.Finish(parts, worst);
        sender?.Complete(worst);
    }
}
