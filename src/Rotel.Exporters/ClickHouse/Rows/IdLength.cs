namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>How long ids are, in bytes. Of any other length they are not valid and stored as empty.</summary>
internal static class IdLength
{
    public const int Trace = 16;
    public const int Span = 8;
}
