using System.Globalization;
using Rotel.ClickHouse.TestKit.Engine;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouseInsert;

/// <summary>
/// What inserting spans costs ClickHouse by the format they come in: the engine in this process makes the rows, writes them out in each
/// format and reads them back in. No network, one thread; processor time of the process.
/// </summary>
internal static class Program
{
    private const string JsonAsString = ", output_format_native_write_json_as_string = 1";
    private const string JsonFlattened = ", output_format_native_use_flattened_dynamic_and_json_serialization = 1";

    private static readonly Variant[] Maps =
    [
        new("Native, dictionaries (LowCardinality)", "Native"),
        new("Native, plain strings", "Native", Plain: true),
        new("RowBinary", "RowBinary"),
    ];

    private static readonly Variant[] Json =
    [
        new("Native, JSON flattened", "Native", JsonFlattened),
        new("Native, JSON as the engine has it", "Native"),
        new("Native, JSON as text", "Native", JsonAsString),
        new("RowBinary, JSON with typed values", "RowBinary"),
    ];

    public static int Main(string[] args)
    {
        if (Number(args, "--rows", 500_000) is not { } rows || Number(args, "--repeats", 3) is not { } repeats)
        {
            Console.Error.WriteLine("Rotel.ClickHouseInsert [--rows 500000] [--repeats 3]");
            return 2;
        }

        var engine = ClickHouseEngine.Shared;
        Console.WriteLine($"ClickHouse {engine.Version}, {rows} spans in blocks of 8192, best of {repeats}, one thread");
        using var connection = new EngineConnection(engine);
        connection.Query("SET max_threads = 1, max_insert_threads = 1, async_insert = 0, max_block_size = 8192");
        Measure(connection, "attributes as maps", Maps, json: false, rows, repeats);
        Measure(connection, "attributes as JSON", Json, json: true, rows, repeats);
        return 0;
    }

    private static void Measure(EngineConnection connection, string title, Variant[] variants, bool json, int rows, int repeats)
    {
        var tables = new SpanTables(connection, json, rows);
        var bodies = variants.Select(variant => connection.Query(
            $"SELECT {(variant.Plain ? tables.PlainNames : tables.Names)} FROM source SETTINGS max_block_size = 8192{variant.Settings}",
            variant.Format).Data).ToArray();
        var parse = variants.Select(_ => double.MaxValue).ToArray();
        var insert = variants.Select(_ => double.MaxValue).ToArray();

        // They take turns, so that whatever else the machine does falls on all.
        for (var turn = 0; turn < repeats; turn++)
        {
            for (var i = 0; i < variants.Length; i++)
            {
                parse[i] = Math.Min(parse[i], SecondsOf(() => Insert("nothing", i)));
                connection.Query("TRUNCATE TABLE spans SYNC");
                insert[i] = Math.Min(insert[i], SecondsOf(() => Insert("spans", i)));
                if (connection.Query("SELECT count() FROM spans").Text != rows.ToString(CultureInfo.InvariantCulture))
                    throw new InvalidOperationException($"{variants[i].Name}: not all rows arrived.");
            }
        }

        Console.WriteLine();
        Console.WriteLine($"| {title,-37} | bytes/row | LZ4 | read, CPU-s/M | insert, CPU-s/M |");
        Console.WriteLine("|---|---|---|---|---|");
        for (var i = 0; i < variants.Length; i++)
        {
            var packed = (double)CompressedFrames.Pack(bodies[i]).Length / rows;
            var (read, whole) = (parse[i] * 1e6 / rows, insert[i] * 1e6 / rows);
            Console.WriteLine($"| {variants[i].Name,-37} | {(double)bodies[i].Length / rows:0} | {packed:0} | {read:0.00} | {whole:0.0} |");
        }

        void Insert(string table, int i) => connection.Insert($"INSERT INTO {table} ({tables.Names})", variants[i].Format, bodies[i]);
    }

    /// <summary>The number behind a flag, or the default without it; null when that is none.</summary>
    private static int? Number(string[] args, string flag, int otherwise)
    {
        var at = Array.IndexOf(args, flag);
        if (at < 0)
            return args.Length % 2 == 0 ? otherwise : null;
        var value = at + 1 < args.Length ? args[at + 1] : string.Empty;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }

    private static double SecondsOf(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <param name="Name">What the table calls it.</param>
    /// <param name="Format">ClickHouse's name of the format.</param>
    /// <param name="Settings">Settings of the select that writes the rows out.</param>
    /// <param name="Plain">Strings instead of dictionaries, as RowBinary has them.</param>
    private sealed record Variant(string Name, string Format, string Settings = "", bool Plain = false);
}
