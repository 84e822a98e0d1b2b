using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>The last point of one series: 64 bytes in an array, linked by indexes. Buckets are kept beside it.</summary>
internal struct SeriesState
{
    public SeriesKey Key;

    /// <summary>A sum's value: a double's bits or a long. Where the values are in a block, the <see cref="Shape"/>.</summary>
    public ulong Bits;

    /// <summary>Start of the run, 0 when unknown.</summary>
    public ulong Start;

    /// <summary>Time of the last point.</summary>
    public ulong Time;

    /// <summary>When it was last used, on the clock's own scale.</summary>
    public long LastUse;

    /// <summary>Neighbours in the order of use; -1 at the ends.</summary>
    public int Newer;

    /// <inheritdoc cref="Newer"/>
    public int Older;

    /// <summary>The next of the same hash bucket, -1 at the end.</summary>
    public int NextInBucket;

    /// <summary>What <see cref="Bits"/> are; none where the values are in a block.</summary>
    public NumberKind Kind;

    /// <summary>Of explicit buckets: a hash of their bounds. 0 for all else.</summary>
    public readonly ulong Shape => Kind == NumberKind.None ? Bits : 0;
}
