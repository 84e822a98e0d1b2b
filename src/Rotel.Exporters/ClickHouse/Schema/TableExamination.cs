using Rotel.Destinations;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>Whether the tables that an exporter would insert into are there; creates none.</summary>
internal static class TableExamination
{
    private const string Subject = "tables";

    /// <param name="options">Valid options.</param>
    /// <param name="signals">Whose tables.</param>
    /// <param name="context">What the exporter would work with.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public static async Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        ClickHouseExporterOptions options,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        CancellationToken cancellationToken)
    {
        using var client = new ClickHouseClient(options, context);
        using var catalog = new TableCatalog(client, options, context, createsWhatIsMissing: false);
        var found = new List<string>();
        var findings = new List<DestinationFinding>();
        foreach (var table in Enum.GetValues<ClickHouseTable>().Where(table => signals.Contains(TableNames.SignalOf(table))))
        {
            var lookup = await catalog.FindAsync(table, cancellationToken).ConfigureAwait(false);
            if (lookup.Description is { } description && lookup.Problem is null)
                found.Add(description.Name);
            else if (options.CreateSchema && lookup.IsMissing)
                findings.Add(new(Subject, IsGood: true, $"{lookup.Problem}; the first insert will create it"));
            else
                findings.Add(new(Subject, IsGood: false, lookup.Problem ?? "no answer"));

            // Of a server that cannot be reached, or lets nobody in, once is enough.
            if (lookup is { Description: null, IsMissing: false })
                break;
        }

        if (found.Count > 0)
            findings.Insert(0, new(Subject, IsGood: true, $"{string.Join(", ", found)} in the database {options.Database}"));
        return findings;
    }
}
