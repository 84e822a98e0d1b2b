using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// Turns batches into requests, each batch once: statistics and differences of cumulative series are taken on the way. Safe for concurrent
/// use.
/// </summary>
internal sealed class DatadogEncoder : IDisposable
{
    private readonly Func<OtlpSignal, SignalEncoder> _create;
    private readonly DatadogClient _client;
    private readonly PayloadCutter _cutter;
    private readonly BufferPool _pool;
    private readonly Lock _metrics = new();
    private readonly ConcurrentBag<SignalEncoder>[] _idle = new ConcurrentBag<SignalEncoder>[OtlpSignals.Count];

    /// <param name="create">Makes an encoder for a signal; as many are made as batches of it are ever encoded at once.</param>
    /// <param name="client">Whose compressors are used.</param>
    /// <param name="cutter">For requests that are too large once they are compressed.</param>
    /// <param name="pool">For bodies; charged as overdraft, for encoding is what makes room.</param>
    public DatadogEncoder(Func<OtlpSignal, SignalEncoder> create, DatadogClient client, PayloadCutter cutter, BufferPool pool)
    {
        _create = create;
        _client = client;
        _cutter = cutter;
        _pool = pool;
        for (var i = 0; i < _idle.Length; i++)
            _idle[i] = [];
    }

    public DatadogBatch Encode(OtlpBatch batch)
    {
        if (batch.Signal != OtlpSignal.Metrics)
            return EncodeNow(batch);

        // The points of a cumulative series have an order. A batch that overtakes another makes that one's points late.
        lock (_metrics)
            return EncodeNow(batch);
    }

    public void Dispose()
    {
        foreach (var idle in _idle)
        {
            while (idle.TryTake(out var encoder))
                encoder.Dispose();
        }
    }

    private DatadogBatch EncodeNow(OtlpBatch batch)
    {
        var idle = _idle[(int)batch.Signal];
        if (!idle.TryTake(out var encoder))
            encoder = _create(batch.Signal);
        using var sink = new PayloadSink(_client.CompressorFor(DatadogIntake.Traces), _pool);
        try
        {
            var unreadable = Append(batch, encoder, sink);
            encoder.Close(sink);
            return Close(batch, sink, unreadable);
        }
        catch
        {
            encoder.Abandon();
            throw;
        }
        finally
        {
            idle.Add(encoder);
        }
    }

    /// <summary>Returns how many items cannot be read; they are left out.</summary>
    private long Append(OtlpBatch batch, SignalEncoder encoder, PayloadSink sink)
    {
        long unreadable = 0;
        foreach (var payload in batch.Payloads)
        {
            if (payload.IsValidated)
            {
                encoder.Append(payload, sink);
                continue;
            }

            // Bodies from our own process are only looked at from outside. What an encoder has taken into account cannot be taken back, so
            // that what such a one holds must come to light before.
            var validation = OtlpValidator.Validate(payload.Signal, payload.Body.Span, OtlpLimits.Untrusted);
            if (!validation.IsValid)
            {
                unreadable += payload.ItemCount;
            }
            else if (validation.InvalidUtf8Count == 0)
            {
                encoder.Append(payload, sink);
            }
            else
            {
                using var repaired = Repair(payload);
                encoder.Append(repaired, sink);
            }
        }

        return unreadable;
    }

    private OtlpPayload Repair(OtlpPayload payload)
    {
        using var repaired = new PooledSegments(_pool);
        OtlpUtf8Repair.Repair(payload.Signal, payload.Body.Span, repaired);
        var buffer = _pool.RentOverdraft((int)repaired.Length);
        repaired.CopyTo(buffer.Span);
        return new OtlpPayload(payload.Signal, buffer, (int)repaired.Length, payload.ItemCount) { IsCanonical = payload.IsCanonical };
    }

    private DatadogBatch Close(OtlpBatch batch, PayloadSink sink, long unreadable)
    {
        var reason = sink.Reason ?? (unreadable > 0 ? "what is not protobuf throughout cannot be turned into Datadog's form" : null);
        var encoded = new DatadogBatch(batch.ItemCount, sink.Take(), sink.RejectedItems + unreadable, sink.OversizedItems, reason);
        try
        {
            foreach (var payload in encoded.Payloads)
                CutToLimit(encoded, payload);
            return encoded;
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    private void CutToLimit(DatadogBatch batch, IntakePayload payload)
    {
        var limit = IntakeLimits.MaxBytes(payload.Intake);
        if (payload.Body.Length <= limit)
            return;
        if (_cutter.Cut(payload) is not var (first, second))
        {
            payload.RejectOversized($"a record of {payload.Body.Length} compressed bytes is over the intake's limit of {limit}");
            return;
        }

        batch.Replace(payload, first, second);
        CutToLimit(batch, first);
        CutToLimit(batch, second);
    }
}
