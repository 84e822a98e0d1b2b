using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Kafka;
using Rotel.Kafka.Records;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Kafka;

/// <summary>
/// A batch of 6400 spans made into Kafka records of at most 1,000,000 bytes, per span; without compression, which is the client's affair.
/// </summary>
public class KafkaRecordBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(1L << 30));
    private KafkaRecordEncoder _encoder = null!;
    private OtlpBatch _batch = null!;

    /// <summary>How the records are dealt out; requests have 100 spans unless they are one.</summary>
    [Params(
        "unkeyed",
        "unkeyed, one request",
        "by trace: one per request",
        "by trace: one per 10 spans",
        "by trace: one per span",
        "by resource",
        "JSON")]
    public string Records { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var encoding = new KafkaRecordEncoding { MaxMessageBytes = 1_000_000, Topics = ["spans", "points", "logs"] };
        _encoder = new KafkaRecordEncoder(
            Records switch
            {
                "unkeyed" or "unkeyed, one request" => encoding,
                "by resource" => encoding with { PartitionedByResource = new HashSet<OtlpSignal> { OtlpSignal.Traces } },
                "JSON" => encoding with { Format = KafkaFormat.Json },
                _ => encoding with { PartitionsTracesById = true },
            },
            _pool,
            TimeProvider.System);
        _batch = new OtlpBatch(OtlpSignal.Traces);
        var load = new StandardLoad();
        var (requests, spans) = Records == "unkeyed, one request" ? (1, Bodies.TotalItems) : (Bodies.Count, StandardLoad.ItemsPerRequest);
        for (var i = 0; i < requests; i++)
        {
            var body = Share(load.Traces(spans), spansPerTrace: Records switch
            {
                "by trace: one per request" => spans,
                "by trace: one per 10 spans" => 10,
                _ => 1,
            }).ToByteArray();
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            _batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, spans));
        }

        for (var warmUp = 0; warmUp < 10; warmUp++)
            Encode();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _batch.Dispose();
        _encoder.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Encode()
    {
        var records = _encoder.Encode(_batch, headerBytes: 0).Records;
        foreach (var record in records)
            record.Dispose();
        return records.Count;
    }

    /// <summary>Gives spans the trace of others, each other one of the request, as requests interleave in a process.</summary>
    private static ExportTraceServiceRequest Share(ExportTraceServiceRequest request, int spansPerTrace)
    {
        var spans = request.ResourceSpans[0].ScopeSpans[0].Spans;
        var traces = spans.Count / spansPerTrace;
        for (var i = traces; i < spans.Count; i++)
            spans[i].TraceId = spans[i % traces].TraceId;
        return request;
    }
}
