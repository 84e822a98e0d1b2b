using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Exporters.ClickHouse.Rows;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.ClickHouse;

/// <summary>Turns batches into blocks of rows. Safe for concurrent use.</summary>
internal sealed class ClickHouseEncoder : IDisposable
{
    private readonly BufferPool _pool;
    private readonly ClickHouseEncoding _encoding;
    private readonly ConcurrentBag<SignalBlocks>[] _idle = new ConcurrentBag<SignalBlocks>[OtlpSignals.Count];

    /// <param name="pool">Where rows and blocks are written; charged as overdraft, for encoding is what makes room.</param>
    /// <param name="encoding">The form of the rows.</param>
    public ClickHouseEncoder(BufferPool pool, ClickHouseEncoding encoding)
    {
        _pool = pool;
        _encoding = encoding;
        for (var i = 0; i < _idle.Length; i++)
            _idle[i] = [];
    }

    public EncodedRows Encode(OtlpBatch batch)
    {
        var idle = _idle[(int)batch.Signal];
        if (!idle.TryTake(out var blocks))
            blocks = Create(batch.Signal);
        try
        {
            return Encode(batch, blocks);
        }
        catch
        {
            blocks.Abandon();
            throw;
        }
        finally
        {
            idle.Add(blocks);
        }
    }

    public void Dispose()
    {
        foreach (var idle in _idle)
        {
            while (idle.TryTake(out var blocks))
                blocks.Dispose();
        }
    }

    private static EncodedRows Encode(OtlpBatch batch, SignalBlocks blocks)
    {
        HashSet<OtlpPayload>? unreadable = null;
        while (TryAppend(batch, blocks, unreadable) is { } failed)
        {
            // Bodies from our own process are only looked at from outside; what such a one holds comes to light here, and must not harm
            // the others. Their rows are mixed with its first ones by now.
            blocks.Abandon();
            unreadable ??= [.. batch.Payloads.Where(IsInvalid)];
            unreadable.Add(failed);
        }

        return Close(blocks, unreadable?.Sum(payload => (long)payload.ItemCount) ?? 0);
    }

    /// <summary>Appends all readable payloads; returns one that turned out not to be, or null.</summary>
    private static OtlpPayload? TryAppend(OtlpBatch batch, SignalBlocks blocks, HashSet<OtlpPayload>? unreadable)
    {
        foreach (var payload in batch.Payloads)
        {
            if (unreadable is not null && unreadable.Contains(payload))
                continue;
            try
            {
                blocks.Append(payload.Body.Span, payload.IsCanonical);
            }
            catch (WireFormatException)
            {
                return payload;
            }
        }

        return null;
    }

    private static bool IsInvalid(OtlpPayload payload) =>
        OtlpValidator.Validate(payload.Signal, payload.Body.Span, OtlpLimits.Untrusted).Fault != OtlpFault.None;

    private static EncodedRows Close(SignalBlocks blocks, long unreadable)
    {
        var skipped = blocks.SkippedItems;
        return new EncodedRows(blocks.Close(), unreadable, skipped);
    }

    private SignalBlocks Create(OtlpSignal signal)
    {
        var columns = new ColumnFactory(_pool, _encoding);
        BlockFrames frames = _encoding.Compression switch
        {
            ClickHouseCompression.Lz4 => new Lz4Frames(_pool),
            ClickHouseCompression.Zstd => new ZstdFrames(_pool),
            _ => new BareFrames(),
        };
        var maxBytes = _pool.Budget.Limit;
        return signal switch
        {
            OtlpSignal.Traces => new SpanBlocks(columns, frames, maxBytes),
            OtlpSignal.Metrics => new MetricBlocks(columns, frames, maxBytes),
            OtlpSignal.Logs => new LogBlocks(columns, frames, maxBytes),
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "ClickHouse has tables for traces, metrics and logs."),
        };
    }
}
