namespace Rotel.Pipelines;

/// <summary>A completion that somebody waits for as a task.</summary>
internal sealed class AwaitedCompletion : DeliveryCompletion
{
    private readonly TaskCompletionSource<DeliveryStatus> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<DeliveryStatus> Task => _source.Task;

    public override bool SenderKeeps => true;

    protected override void OnCompleted(DeliveryStatus worst) => _source.SetResult(worst);
}
