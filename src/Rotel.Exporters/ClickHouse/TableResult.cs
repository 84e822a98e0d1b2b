namespace Rotel.Exporters.ClickHouse;

/// <summary>What an attempt came to for one table: settled, or to be tried again.</summary>
/// <param name="Problem">Why something of it is still pending; null when nothing is.</param>
/// <param name="RetryAfter">What the server asked to wait, or what is sensible.</param>
/// <param name="IsOfOnePiece">Whether it is the size of one piece that stands in the way, so that others may do better.</param>
internal readonly record struct TableResult(string? Problem, TimeSpan? RetryAfter, bool IsOfOnePiece = false);
