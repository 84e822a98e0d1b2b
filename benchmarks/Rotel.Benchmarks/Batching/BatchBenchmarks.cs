using System.Buffers;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Benchmarks.Batching;

/// <summary>
/// From request bodies to the bytes of one batch: copied into pooled payloads and gathered, against decoded, merged and encoded again.
/// </summary>
public class BatchBenchmarks
{
    private readonly Queue<OtlpBatch> _closed = new();
    private byte[][] _bodies = [];
    private BufferPool _pool = null!;
    private Batcher _batcher = null!;

    [GlobalSetup]
    public void Setup()
    {
        _bodies = Bodies.Of(OtlpSignal.Traces);
        _pool = new BufferPool(new ByteBudget(256 * 1024 * 1024));
        var limits = new BatchLimits(Bodies.TotalItems, int.MaxValue, TimeSpan.FromSeconds(1));
        _batcher = new Batcher(OtlpSignal.Traces, limits, static _ => { });
        if (Wire() != Protobuf())
            throw new InvalidOperationException("The two batches are not of one length.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public long Protobuf()
    {
        var batch = new ExportTraceServiceRequest();
        foreach (var body in _bodies)
            batch.ResourceSpans.AddRange(ExportTraceServiceRequest.Parser.ParseFrom(body.AsSpan()).ResourceSpans);

        var length = batch.CalculateSize();
        var encoded = ArrayPool<byte>.Shared.Rent(length);
        batch.WriteTo(encoded.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(encoded);
        return length;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Wire()
    {
        foreach (var body in _bodies)
        {
            if (!_pool.TryRent(body.Length, out var buffer))
                throw new InvalidOperationException("The budget is too small for one batch.");
            body.CopyTo(buffer.Span);
            var items = Bodies.TotalItems / Bodies.Count;
            _batcher.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, items), completion: null, _closed);
        }

        using var batch = _closed.Dequeue();
        return batch.WireLength;
    }
}
