namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>A table as it was found on the server, or why that is not known.</summary>
/// <param name="Description">The table; null when it was not found.</param>
/// <param name="Problem">Why not, for the log; null when it was.</param>
/// <param name="RetryAfter">What the server asked to wait.</param>
internal readonly record struct TableLookup(TableDescription? Description, string? Problem, TimeSpan? RetryAfter = null)
{
    /// <summary>The server knows no such table.</summary>
    public bool IsMissing { get; init; }
}
