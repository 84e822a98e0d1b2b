namespace Rotel.Benchmarks.Processors;

/// <summary>What is done to the spans of the standard load, in two ways.</summary>
public enum ProcessorEdit
{
    /// <summary>Two resource attributes are set, one of which is there.</summary>
    ResourceUpsert,

    /// <summary>One attribute of each span is set and one is deleted.</summary>
    SpanUpsertDelete,

    /// <summary>The SHA-256 of one attribute of each span stands in its place.</summary>
    SpanHash,

    /// <summary>Patterns for card numbers, addresses and keys over all texts, which match one of each span.</summary>
    RedactThree,

    /// <summary>Spans whose names a pattern finds, about half, are left out.</summary>
    FilterByName,

    /// <summary>A tenth of the traces is kept.</summary>
    SampleTenth,

    /// <summary>A pattern and a replacement for span names.</summary>
    RenameByPattern,

    /// <summary>Texts are cut, one of each span.</summary>
    Truncate,
}
