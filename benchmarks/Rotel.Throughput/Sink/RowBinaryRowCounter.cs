using System.Collections.Concurrent;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Counts the rows of an insert of spans in the RowBinary format, as ClickHouse.Driver sends them, by walking every value. The format does not
/// say its types; they are those of the traces table.
/// </summary>
internal static class RowBinaryRowCounter
{
    private static readonly ConcurrentDictionary<(string Query, bool Json), ClickHouseType[]> Columns = new();

    /// <param name="query">The insert, with its columns.</param>
    /// <param name="json">Whether attributes are JSON as text, and not maps.</param>
    /// <param name="body">The rows.</param>
    /// <returns>The count; -1 when the rows are not well-formed.</returns>
    public static long Count(string query, bool json, ReadOnlySpan<byte> body)
    {
        long rows = 0;
        try
        {
            var columns = Columns.GetOrAdd((query, json), insert => ColumnsOf(insert.Query, insert.Json));
            var bytes = new ClickHouseBytes(body);
            while (!bytes.IsAtEnd)
            {
                foreach (var column in columns)
                    Skip(ref bytes, column);
                rows++;
            }
        }
        catch (InvalidDataException)
        {
            return -1;
        }

        return rows;
    }

    private static ClickHouseType[] ColumnsOf(string query, bool json)
    {
        var (open, close) = (query.IndexOf('(', StringComparison.Ordinal), query.IndexOf(')', StringComparison.Ordinal));
        if (open < 0 || close < open)
            throw new InvalidDataException("The insert does not name its columns.");
        return
        [
            .. query[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries).Select(column =>
                SpanColumns.Types.TryGetValue(column.Trim('`'), out var type)
                    ? ClickHouseType.Parse(json ? type.Replace(SpanColumns.Attributes, "String", StringComparison.Ordinal) : type)
                    : throw new InvalidDataException($"The traces table has no column {column}.")),
        ];
    }

    private static void Skip(ref ClickHouseBytes bytes, ClickHouseType type)
    {
        switch (type.Name)
        {
            case "String" or "LowCardinality":
                bytes.Text();
                break;
            case "Array" or "Map":
                for (var count = bytes.Varint(); count > 0; count--)
                {
                    foreach (var argument in type.Arguments)
                        Skip(ref bytes, argument);
                }

                break;
            case var _ when type.Width > 0:
                bytes.Take(type.Width);
                break;
            default:
                throw new InvalidDataException($"The type {type.Name} is not known here.");
        }
    }
}
