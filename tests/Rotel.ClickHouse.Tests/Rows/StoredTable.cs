using System.Net.Http.Headers;
using System.Text;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// Rows of a table as <c>RowBinaryWithNamesAndTypes</c> shows them over HTTP, where no value loses a bit and each has its type.
/// </summary>
internal static class StoredTable
{
    private const string Format = "RowBinaryWithNamesAndTypes";

    /// <summary>The table's name behind the prefix <c>otel</c>.</summary>
    public static string NameOf(ClickHouseTable table) => table switch
    {
        ClickHouseTable.Traces => "otel_traces",
        ClickHouseTable.Logs => "otel_logs",
        ClickHouseTable.MetricsGauge => "otel_metrics_gauge",
        ClickHouseTable.MetricsSum => "otel_metrics_sum",
        ClickHouseTable.MetricsHistogram => "otel_metrics_histogram",
        ClickHouseTable.MetricsExponentialHistogram => "otel_metrics_exponential_histogram",
        _ => "otel_metrics_summary",
    };

    /// <summary>All rows, without the one column that the server computes.</summary>
    public static Task<List<StoredRow>> ReadAsync(ClickHouseDatabase database, ClickHouseTable table, AttributeForm form) =>
        ReadAsync(database, $"SELECT * {(table == ClickHouseTable.Logs && form == AttributeForm.Map ? "EXCEPT (TimestampTime) " : "")}FROM {NameOf(table)}");

    /// <summary>The rows a query answers.</summary>
    public static async Task<List<StoredRow>> ReadAsync(ClickHouseDatabase database, string sql)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{database.User}:{database.Password}")));
        using var content = new StringContent($"{sql} FORMAT {Format}");
        var target = new Uri(database.Endpoint, $"/?database={database.Name}");
        using var response = await client.PostAsync(target, content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(answer));
        return Parse(answer);
    }

    private static List<StoredRow> Parse(ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
            return [];
        var cursor = new RowBinaryCursor(answer);
        var columns = cursor.Count();
        var names = ColumnType.Repeat(columns, () => Encoding.UTF8.GetString(cursor.Text()));
        var readers = ColumnType.Repeat(columns, () => ColumnType.Reader(Encoding.UTF8.GetString(cursor.Text())));
        var rows = new List<StoredRow>();
        while (!cursor.IsAtEnd)
        {
            var row = new StoredRow();
            for (var i = 0; i < columns; i++)
                row[names[i]] = readers[i](cursor);
            rows.Add(row);
        }

        return rows;
    }
}
