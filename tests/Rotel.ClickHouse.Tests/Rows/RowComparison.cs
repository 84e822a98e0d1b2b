using System.Text;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// Compares what a table holds with what it should, as multisets of rows: tables have no order. A difference is told by table, row and
/// column, against the stored row that resembles the missing one most.
/// </summary>
internal static class RowComparison
{
    private const int DifferencesShown = 5;
    private const int LongestCell = 300;

    /// <summary>Fails with the differences, if there are any.</summary>
    public static void AssertEqual(string table, IReadOnlyList<StoredRow> expected, IReadOnlyList<StoredRow> actual, string context = "")
    {
        if (Difference(table, expected, actual) is { } difference)
            Assert.Fail(context.Length == 0 ? difference : $"{context}: {difference}");
    }

    /// <returns>Null when both hold the same rows.</returns>
    public static string? Difference(string table, IReadOnlyList<StoredRow> expected, IReadOnlyList<StoredRow> actual)
    {
        if (expected.Count == 0 || actual.Count == 0)
        {
            return expected.Count == actual.Count
                ? null
                : $"table {table} should hold {expected.Count} rows and holds {actual.Count}";
        }

        var columns = expected[0].Columns.Order(StringComparer.Ordinal).ToList();
        var stored = actual[0].Columns.Order(StringComparer.Ordinal).ToList();
        if (!columns.SequenceEqual(stored, StringComparer.Ordinal))
        {
            return $"table {table} lacks the columns [{string.Join(", ", columns.Except(stored))}]"
                + $" and has beyond what is expected [{string.Join(", ", stored.Except(columns))}]";
        }

        var unmatched = actual.GroupBy(row => row.Key(columns), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Stack<StoredRow>(group), StringComparer.Ordinal);
        var missing = new List<(int Row, StoredRow Expected)>();
        for (var i = 0; i < expected.Count; i++)
        {
            if (!unmatched.TryGetValue(expected[i].Key(columns), out var same) || !same.TryPop(out _))
                missing.Add((i, expected[i]));
        }

        var surplus = unmatched.Values.SelectMany(rows => rows).ToList();
        return missing.Count + surplus.Count == 0 ? null : Describe(table, columns, missing, surplus, (expected.Count, actual.Count));
    }

    private static string Describe(
        string table,
        List<string> columns,
        List<(int Row, StoredRow Expected)> missing,
        List<StoredRow> surplus,
        (int Expected, int Actual) counts)
    {
        var text = new StringBuilder();
        text.Append($"table {table}: {missing.Count} of {counts.Expected} rows are not there as expected, {surplus.Count} of {counts.Actual} are not expected");
        foreach (var (row, wanted) in missing.Take(DifferencesShown))
        {
            var nearest = surplus.MaxBy(other => columns.Count(column => other[column] == wanted[column]));
            if (nearest is null)
            {
                text.Append($"\n  row {row} is missing altogether: {Row(wanted, columns)}");
                continue;
            }

            surplus.Remove(nearest);
            foreach (var column in columns.Where(column => nearest[column] != wanted[column]))
                Append(text, row, column, wanted[column]!, nearest[column]!);
        }

        if (missing.Count == 0)
            text.Append($"\n  doubled or not sent: {Row(surplus[0], columns)}");
        return text.ToString();
    }

    private static void Append(StringBuilder text, int row, string column, string wanted, string stored)
    {
        var from = 0;
        while (from < Math.Min(wanted.Length, stored.Length) && wanted[from] == stored[from])
            from++;
        text.Append($"\n  row {row}, column {column}, from character {from}:");
        text.Append($"\n    expected {Cut(wanted, from)}\n    actual   {Cut(stored, from)}");
    }

    private static string Cut(string cell, int difference)
    {
        var from = Math.Max(0, difference - LongestCell / 2);
        var cut = cell.Substring(from, Math.Min(LongestCell, cell.Length - from));
        return (from > 0 ? "…" : "") + cut + (from + cut.Length < cell.Length ? "…" : "");
    }

    private static string Row(StoredRow row, List<string> columns) =>
        string.Join("; ", columns.Select(column => $"{column} = {Cut(row[column]!, 0)}"));
}
