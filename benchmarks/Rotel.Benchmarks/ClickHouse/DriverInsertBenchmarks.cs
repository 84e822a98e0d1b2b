using System.Net;
using BenchmarkDotNet.Attributes;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.Compression;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Throughput.Naive;
using Rotel.Throughput.Sink;

namespace Rotel.Benchmarks.ClickHouse;

/// <summary>
/// From request bodies to the bytes of an insert: this exporter's encoder, against Google.Protobuf and the row insert of ClickHouse's official
/// driver into a handler that reads the request and answers at once. Compressed is LZ4 in both.
/// </summary>
public class DriverInsertBenchmarks
{
    private static readonly string[] Columns = [.. SpanColumns.Types.Keys];

    private readonly BufferPool _pool = new(new ByteBudget(512 * 1024 * 1024));
    private InsertOptions _insert = null!;
    private readonly NaiveRows _rows = new(jsonColumns: false);
    private byte[][] _bodies = null!;
    private OtlpBatch _batch = null!;
    private ClickHouseEncoder _encoder = null!;
    private ClickHouseClient _driver = null!;
    private SwallowingHandler _handler = null!;

    [Params(false, true)]
    public bool Compressed { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _bodies = Bodies.Of(OtlpSignal.Traces);
        _batch = new OtlpBatch(OtlpSignal.Traces, Bodies.Count);
        foreach (var body in _bodies)
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            _batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, Bodies.TotalItems / Bodies.Count) { IsCanonical = true });
        }

        _encoder = new ClickHouseEncoder(
            _pool, new ClickHouseEncoding { Compression = Compressed ? ClickHouseCompression.Lz4 : ClickHouseCompression.None });
        _insert = new InsertOptions { ColumnTypes = SpanColumns.Types, Compressor = Compressed ? Lz4Compressor.Default : null };
        _handler = new SwallowingHandler();
        _driver = new ClickHouseClient(new ClickHouseClientSettings
        {
            Host = "localhost",
            UseCompression = false,
            HttpClient = new HttpClient(_handler) { Timeout = Timeout.InfiniteTimeSpan },
        });
        await DriverAsync();
        Console.WriteLine($"// bytes per span: driver {(double)_handler.LastLength / Bodies.TotalItems:f1}, Rotel {(double)Rotel() / Bodies.TotalItems:f1}");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public Task<long> DriverAsync()
    {
        var merged = new ExportTraceServiceRequest();
        foreach (var body in _bodies)
            merged.ResourceSpans.AddRange(ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans);
        return _driver.InsertBinaryAsync("otel_traces", Columns, _rows.Of(merged), _insert);
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Rotel()
    {
        long bytes = 0;
        foreach (var block in _encoder.Encode(_batch).Blocks)
        {
            bytes += block.Body.Length;
            block.Dispose();
        }

        return bytes;
    }

    /// <summary>Reads a request to its end, as a socket would take it, and answers with success.</summary>
    private sealed class SwallowingHandler : HttpMessageHandler
    {
        public long LastLength { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var counter = new CountingStream();
            if (request.Content is not null)
                await request.Content.CopyToAsync(counter, cancellationToken);
            LastLength = counter.Length;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]), RequestMessage = request };
        }
    }

    /// <summary>Counts what is written, and forgets it.</summary>
    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
