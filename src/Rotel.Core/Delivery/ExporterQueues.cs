namespace Rotel.Delivery;

/// <summary>What is done to several queues at once.</summary>
internal static class ExporterQueues
{
    /// <summary>
    /// Completes when everything accepted before the call is delivered or dropped, and what exporters made of it is sent. Where one
    /// destination takes nothing, all others have it by then.
    /// </summary>
    public static Task FlushAsync(this IReadOnlyList<ExporterQueue> queues, CancellationToken cancellationToken) =>
        Task.WhenAll(queues.Select(async queue =>
        {
            await queue.FlushAsync(cancellationToken).ConfigureAwait(false);
            await queue.FlushExporterAsync(cancellationToken).ConfigureAwait(false);
        }));
}
