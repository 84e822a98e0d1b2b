namespace Rotel.Otlp.Readers;

/// <summary>
/// The stretch of a message from the first to past the last occurrence of a repeated field. Other fields may lie in between; in
/// messages as encoders write them none do.
/// </summary>
internal struct FieldRange
{
    /// <summary>Offset of the first occurrence's tag.</summary>
    public int Start { get; private set; }

    /// <summary>Offset past the last occurrence.</summary>
    public int End { get; private set; }

    /// <summary>How many occurrences there are.</summary>
    public int Count { get; private set; }

    public void Add(int start, int end)
    {
        if (Count++ == 0)
            Start = start;
        End = end;
    }

    public readonly ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message[Start..End];
}
