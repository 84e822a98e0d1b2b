namespace Rotel.Exporters.ClickHouse;

/// <summary>How inserts are compressed, in the frames of ClickHouse's own protocols.</summary>
public enum ClickHouseCompression
{
    /// <summary>LZ4: little work on both sides.</summary>
    Lz4,

    /// <summary>Zstandard at level 1: fewer bytes, more work.</summary>
    Zstd,

    /// <summary>Not at all.</summary>
    None,
}
