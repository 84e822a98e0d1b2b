using System.Text;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// Values that bring their type along: those of the JSON type's paths. https://clickhouse.com/docs/sql-reference/data-types/data-types-binary-encoding
/// </summary>
internal static class DynamicValue
{
    public const string Null = "null";

    private const byte String = 0x15;

    /// <summary>A JSON column's value; paths without a value are left out, as the server leaves them out.</summary>
    public static string ReadObject(RowBinaryCursor row) => CellText.Json(
        ColumnType.Repeat(row.Count(), () => (Path: Encoding.UTF8.GetString(row.Text()), Value: Read(row)))
            .Where(path => path.Value != Null));

    public static string Text(ReadOnlySpan<byte> utf8) => "String " + CellText.Of(utf8);

    public static string Text(string text) => "String " + CellText.Of(text);

    public static string Number(long value) => "Int64 " + CellText.Of(value);

    public static string Number(double value) => "Float64 " + CellText.Of(value);

    public static string Boolean(bool value) => "Bool " + CellText.Of(value);

    private static string Read(RowBinaryCursor row) => ReadType(row)(row);

    private static Func<RowBinaryCursor, string> ReadType(RowBinaryCursor types)
    {
        var code = types.Byte();
        switch (code)
        {
            case 0x00:
                return _ => Null;
            case 0x0A:
                return row => Number(row.Int64());
            case 0x0E:
                return row => Number(BitConverter.Int64BitsToDouble(row.Int64()));
            case String:
                return row => Text(row.Text());
            case 0x2D:
                return row => Boolean(row.Byte() != 0);
            case 0x1E:
                var element = ReadType(types);
                return row => CellText.Array(ColumnType.Repeat(row.Count(), () => element(row)));
            case 0x1F:
                var members = ColumnType.Repeat(types.Count(), () => ReadType(types));
                return row => CellText.Array(members.Select(member => member(row)).ToList());
            case 0x23:
                var value = ReadType(types);
                return row => row.Byte() != 0 ? Null : value(row);
            case 0x26:
                return ReadType(types);
            case 0x27:
                if (types.Byte() != String)
                    throw new NotSupportedException("A map has keys that are no texts.");
                var values = ReadType(types);
                return row => CellText.Json(
                    ColumnType.Repeat(row.Count(), () => (Path: Encoding.UTF8.GetString(row.Text()), Value: values(row)))
                        .Where(entry => entry.Value != Null));
            case 0x2B:
                types.Byte();
                return Read;
            case 0x30:
                SkipJsonParameters(types);
                return ReadObject;
            default:
                throw new NotSupportedException($"A JSON path holds a value of the type 0x{code:x2}, which no attribute has.");
        }
    }

    private static void SkipJsonParameters(RowBinaryCursor types)
    {
        var version = types.Byte();
        if (version != 0)
            throw new NotSupportedException($"The JSON type's binary encoding has version {version}.");
        types.Count();
        types.Byte();
        for (var typed = types.Count(); typed > 0; typed--)
        {
            types.Text();
            ReadType(types);
        }

        for (var skipped = types.Count() + types.Count(); skipped > 0; skipped--)
            types.Text();
    }
}
