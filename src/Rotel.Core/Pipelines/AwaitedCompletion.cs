namespace Rotel.Pipelines;

/// <summary>A completion that somebody waits for as a task.</summary>
/// <param name="senderKeeps">Whether who waits has the data, and sends it again when it was not delivered.</param>
internal sealed class AwaitedCompletion(bool senderKeeps) : DeliveryCompletion
{
    private readonly TaskCompletionSource<DeliveryStatus> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<DeliveryStatus> Task => _source.Task;

    public override bool SenderKeeps => senderKeeps;

    protected override void OnCompleted(DeliveryStatus worst) => _source.SetResult(worst);
}
