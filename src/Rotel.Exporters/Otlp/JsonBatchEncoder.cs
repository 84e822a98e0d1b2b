using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Exporters.Compression;
using Rotel.Memory;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Otlp;

/// <summary>Writes batches as OTLP/JSON, compressed where that is asked for. Safe for concurrent use.</summary>
/// <param name="pool">Where the text is written; it is charged as overdraft while the batch is encoded.</param>
/// <param name="compressor">Null sends the text as it is; the owner of this disposes it.</param>
internal sealed class JsonBatchEncoder(BufferPool pool, BatchCompressor? compressor) : IDisposable
{
    private readonly ConcurrentBag<OtlpJsonWriter> _idle = [];

    public JsonBatch Encode(OtlpBatch batch)
    {
        var text = new PooledSegments(pool);
        if (!_idle.TryTake(out var writer))
            writer = new OtlpJsonWriter();
        try
        {
            writer.WriteAll(batch.Signal, batch.Payloads, text);
            text.Seal();
        }
        catch (WireFormatException)
        {
            // Bodies from our own process are only looked at from outside; what such a one holds comes to light here.
            text.Dispose();
            return new JsonBatch(null, 0);
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

        if (compressor is null)
            return new JsonBatch(text, text.Length);
        using (text)
            return new JsonBatch(compressor.Compress(text), text.Length);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var writer))
            writer.Dispose();
    }
}
