using System.Text;

namespace Rotel.Throughput.Drive;

/// <summary>A markdown table that reads well on a console too.</summary>
internal static class AlignedTable
{
    /// <param name="text">Where the table goes.</param>
    /// <param name="leftColumns">How many columns hold words, aligned to the left; the others hold figures.</param>
    /// <param name="lines">The header first; each as long as it.</param>
    public static void Append(StringBuilder text, int leftColumns, IReadOnlyList<string[]> lines)
    {
        var widths = lines[0].Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        for (var i = 0; i < lines.Count; i++)
        {
            AppendLine(text, leftColumns, lines[i], widths);
            if (i == 0)
            {
                var rules = widths.Select((width, column) => new string('-', width + 1) + (column < leftColumns ? "-" : ":"));
                text.AppendLine("|" + string.Join('|', rules) + "|");
            }
        }
    }

    private static void AppendLine(StringBuilder text, int leftColumns, string[] cells, int[] widths)
    {
        for (var column = 0; column < cells.Length; column++)
        {
            var cell = column < leftColumns ? cells[column].PadRight(widths[column]) : cells[column].PadLeft(widths[column]);
            text.Append("| ").Append(cell).Append(' ');
        }

        text.AppendLine("|");
    }
}
