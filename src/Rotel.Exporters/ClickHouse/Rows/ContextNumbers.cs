namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Numbers resources, scopes and metrics, so that rows can tell whether theirs is still the one of the row before. Rows of many bodies
/// share a block, so that no number may be given twice.
/// </summary>
internal sealed class ContextNumbers
{
    private long _last;

    /// <summary>Never zero.</summary>
    public long Next() => ++_last;
}
