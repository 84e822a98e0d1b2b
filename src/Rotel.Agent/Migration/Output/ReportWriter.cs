using System.Globalization;
using System.Text;

namespace Rotel.Agent.Migration.Output;

/// <summary>Writes what became of everything, for people.</summary>
internal static class ReportWriter
{
    public static string Write(MigratedConfiguration configuration)
    {
        var report = configuration.Report;
        var text = new StringBuilder();
        Append(text, "Carried over", report.Carried, " -> ");
        EnvironmentLine[] lines = [.. configuration.Environment];
        if (lines.Length > 0)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"To be set in the environment ({lines.Length}), for neither file holds secrets or what the environment decides:");
            foreach (var line in lines)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {line}{(line.HidesSomething ? $"   # *** is at {line.Place}" : "")}");
        }

        Append(text, "Carried over, and different here", report.Different, ": ");
        Append(text, "Not carried over", report.Leftovers, ": ");
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>The variables as a file for a shell, with what is missing to be filled in.</summary>
    public static string WriteVariables(IEnumerable<EnvironmentLine> environment)
    {
        var text = new StringBuilder("# For a shell: set -a; . ./rotel.env; set +a\n");
        foreach (var line in environment)
        {
            if (line.HidesSomething)
                text.Append(CultureInfo.InvariantCulture, $"# put in what stands at {line.Place}\n");
            text.Append(CultureInfo.InvariantCulture, $"{line}\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IReadOnlyList<(Place Place, string Text)> entries, string between)
    {
        if (entries.Count == 0)
            return;
        text.AppendLine(CultureInfo.InvariantCulture, $"{title} ({entries.Count}):");
        foreach (var (place, what) in entries.OrderBy(entry => entry.Place.Line))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {place}{between}{what}");
    }
}
