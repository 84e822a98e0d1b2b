using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Http;
using Rotel.Memory;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;

namespace Rotel.Exporters.File;

/// <summary>Writes batches as lines of OTLP/JSON: turned into text on a background worker, appended one after another.</summary>
internal sealed class FileExporter : IExporter
{
    private readonly BufferPool _pool;
    private readonly RollingFile _file;
    private readonly ConcurrentBag<OtlpJsonWriter> _idle = [];

    public FileExporter(FileExporterOptions options, ExporterContext context)
    {
        _pool = context.Pool;
        _file = new RollingFile(options, context.Time);
    }

    public EncodedBatch? Encode(OtlpBatch batch)
    {
        var text = new PooledSegments(_pool);
        if (!_idle.TryTake(out var writer))
            writer = new OtlpJsonWriter();
        try
        {
            writer.WriteAll(batch.Signal, batch.Payloads, text);
            text.Write("\n"u8);
            text.Seal();
            return new JsonLine(text, isReadable: true);
        }
        catch (WireFormatException)
        {
            // Bodies from our own process are only looked at from outside; what such a one holds comes to light here.
            text.Dispose();
            return new JsonLine(text, isReadable: false);
        }
        catch
        {
            text.Dispose();
            throw;
        }
        finally
        {
            _idle.Add(writer);
        }
    }

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        var line = (JsonLine)batch.Encoded!;
        if (!line.IsReadable)
            return ExportOutcome.Rejected("the batch is not protobuf throughout");

        try
        {
            await _file.AppendAsync(line.Text, cancellationToken).ConfigureAwait(false);
            return ExportOutcome.Delivered();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ExportOutcome.Retry($"'{_file.Path}': {PeerText.Clean(exception.Message)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        while (_idle.TryTake(out var writer))
            writer.Dispose();
    }
}
