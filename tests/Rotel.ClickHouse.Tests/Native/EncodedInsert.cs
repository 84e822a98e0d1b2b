using System.Net.Http.Headers;
using Google.Protobuf;
using Rotel.Batching;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.ClickHouse.Native;

/// <summary>Encodes requests as the exporter does and inserts the blocks with all optional columns, each with a request of its own.</summary>
internal static class EncodedInsert
{
    public static async Task InsertAsync(
        ClickHouseDatabase database, OtlpSignal signal, IMessage request, ClickHouseEncoding encoding, CancellationToken cancellation)
    {
        var pool = new BufferPool(new ByteBudget(512 * 1024 * 1024));
        using (var encoder = new ClickHouseEncoder(pool, encoding))
        {
            // The second time with columns that have served before.
            Encode(encoder, pool, signal, request).ForEach(block => block.Dispose());
            foreach (var block in Encode(encoder, pool, signal, request))
            {
                using (block)
                    await SendAsync(database, block, encoding, cancellation);
            }
        }

        Assert.Equal(0, pool.Budget.Reserved);
    }

    public static string TableName(ClickHouseTable table) => table switch
    {
        ClickHouseTable.Traces => "otel_traces",
        ClickHouseTable.Logs => "otel_logs",
        ClickHouseTable.MetricsGauge => "otel_metrics_gauge",
        ClickHouseTable.MetricsSum => "otel_metrics_sum",
        ClickHouseTable.MetricsHistogram => "otel_metrics_histogram",
        ClickHouseTable.MetricsExponentialHistogram => "otel_metrics_exponential_histogram",
        _ => "otel_metrics_summary",
    };

    private static List<NativeBlock> Encode(ClickHouseEncoder encoder, BufferPool pool, OtlpSignal signal, IMessage request)
    {
        var bytes = request.ToByteArray();
        var buffer = pool.RentOverdraft(bytes.Length);
        bytes.CopyTo(buffer.Span);
        using var batch = new OtlpBatch(signal);
        batch.Add(new OtlpPayload(signal, buffer, bytes.Length, itemCount: 1));
        var encoded = encoder.Encode(batch);
        Assert.Equal(0, encoded.UnreadableItems);
        Assert.Equal(0, encoded.OversizedItems);
        return [.. encoded.Blocks];
    }

    private static async Task SendAsync(
        ClickHouseDatabase database, NativeBlock block, ClickHouseEncoding encoding, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        body.Write(block.Header(block.Optional.Count).Span);
        Write(block.Body, body);
        foreach (var column in block.Optional)
            Write(column.Body, body);

        var columns = string.Join(", ", block.Columns.Concat(block.Optional.Select(column => column.Name)).Select(name => $"`{name}`"));
        var insert = $"INSERT INTO {TableName(block.Table)} ({columns}) FORMAT Native";
        var decompress = encoding.Compression == ClickHouseCompression.None ? string.Empty : "&decompress=1";
        using var client = new HttpClient();
        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(database.Endpoint, $"/?database={database.Name}&query={Uri.EscapeDataString(insert)}{decompress}"));
        request.Content = content;
        request.Headers.Add("X-ClickHouse-User", database.User);
        request.Headers.Add("X-ClickHouse-Key", database.Password);
        using var response = await client.SendAsync(request, cancellation);
        var answer = await response.Content.ReadAsStringAsync(cancellation);
        Assert.True(response.IsSuccessStatusCode && answer.Length == 0, answer);
    }

    private static void Write(PooledSegments segments, Stream destination)
    {
        for (var i = 0; i < segments.SegmentCount; i++)
            destination.Write(segments[i].Span);
    }
}
