using System.Threading.Channels;
using Google.Protobuf;

namespace Rotel.Throughput.Naive;

/// <summary>
/// One signal's way through the naive collector: a bounded channel of decoded requests, one task that merges them into batches, a bounded
/// channel of
/// batches, and a few tasks that export. A full channel holds the client back. A failed export is reported and lost: there is no retry to
/// pay for.
/// </summary>
internal sealed class NaivePipeline<TRequest>(NaiveSignal<TRequest> signal, INaiveExporter<TRequest> exporter, NaiveOptions options)
    where TRequest : class, IMessage<TRequest>, new()
{
    private const int QueuedRequests = 1024;
    private const int QueuedBatches = 2;
    private const int Exports = 4;

    private readonly Channel<TRequest> _requests = Channel.CreateBounded<TRequest>(
        new BoundedChannelOptions(QueuedRequests) { SingleReader = true });

    private readonly Channel<TRequest> _batches = Channel.CreateBounded<TRequest>(
        new BoundedChannelOptions(QueuedBatches) { SingleWriter = true });

    /// <summary>Takes over the request; completes when it is queued.</summary>
    public ValueTask AcceptAsync(TRequest request, CancellationToken cancellationToken) =>
        _requests.Writer.WriteAsync(request, cancellationToken);

    public Task RunAsync(CancellationToken stopping)
    {
        var tasks = new List<Task> { BatchAsync(stopping) };
        for (var i = 0; i < Exports; i++)
            tasks.Add(ExportAsync(stopping));
        return Task.WhenAll(tasks);
    }

    private async Task BatchAsync(CancellationToken stopping)
    {
        while (await _requests.Reader.WaitToReadAsync(stopping))
        {
            var batch = new TRequest();
            var items = 0;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            timeout.CancelAfter(options.BatchTimeout);
            try
            {
                while (items < options.BatchItems)
                {
                    if (!_requests.Reader.TryRead(out var request))
                    {
                        await _requests.Reader.WaitToReadAsync(timeout.Token);
                        continue;
                    }

                    items += signal.CountItems(request);
                    signal.Merge(batch, request);
                }
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // The batch has waited long enough: it goes as it is.
            }

            await _batches.Writer.WriteAsync(batch, stopping);
        }
    }

    private async Task ExportAsync(CancellationToken stopping)
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await exporter.ExportAsync(batch, stopping);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"A batch was lost: {exception.Message}");
            }
        }
    }
}
