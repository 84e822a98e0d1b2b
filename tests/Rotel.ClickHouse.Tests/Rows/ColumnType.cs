namespace Rotel.ClickHouse.Rows;

/// <summary>
/// Reads the values of one ClickHouse type, given by its name, from RowBinary. Only the types of our tables: any other is a failure, for a
/// column that is not what the schema says is one.
/// </summary>
internal static class ColumnType
{
    public static Func<RowBinaryCursor, string> Reader(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? type : type[..open];
        var inner = open < 0 ? "" : type[(open + 1)..^1];
        switch (name)
        {
            case "String":
                return row => CellText.Of(row.Text());
            case "LowCardinality":
                return Reader(inner);
            case "Bool":
                return row => CellText.Of(row.Byte() != 0);
            case "UInt8":
                return row => CellText.Of((ulong)row.Byte());
            case "UInt16":
                return row => CellText.Of((ulong)row.UInt16());
            case "UInt32" or "DateTime":
                return row => CellText.Of((ulong)row.UInt32());
            case "Int32":
                return row => CellText.Of((long)row.Int32());
            case "Int64" or "DateTime64":
                return row => CellText.Of(row.Int64());
            case "UInt64":
                return row => CellText.Of((ulong)row.Int64());
            case "Float64":
                return row => CellText.Of(BitConverter.Int64BitsToDouble(row.Int64()));
            case "Array":
                var element = Reader(inner);
                return row => CellText.Array(Repeat(row.Count(), () => element(row)));
            case "Map":
                var comma = SplitAt(inner);
                var (key, value) = (Reader(inner[..comma]), Reader(inner[(comma + 1)..].Trim()));
                return row => CellText.Map(Repeat(row.Count(), () => (key(row), value(row))));
            case "JSON":
                return DynamicValue.ReadObject;
            default:
                throw new NotSupportedException($"A column has the type {type}, which the schema does not use.");
        }
    }

    public static List<T> Repeat<T>(int count, Func<T> read)
    {
        var values = new List<T>(count);
        for (; count > 0; count--)
            values.Add(read());
        return values;
    }

    /// <summary>The first comma that is in no parentheses.</summary>
    private static int SplitAt(string arguments)
    {
        var depth = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            depth += arguments[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0 && arguments[i] == ',')
                return i;
        }

        throw new InvalidDataException($"Two types were expected in {arguments}.");
    }
}
