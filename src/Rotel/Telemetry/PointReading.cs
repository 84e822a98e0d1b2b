namespace Rotel.Telemetry;

/// <summary>One series at one time: a number, or a histogram's buckets.</summary>
internal sealed class PointReading(KeyValuePair<string, object?>[] attributes)
{
    /// <summary>
    /// Seconds: those that the semantic conventions advise for HTTP, and some more up to the usual time-out of an attempt.
    /// </summary>
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];

    private long[]? _buckets;

    /// <summary>Upper bounds of all buckets but the last, inclusive.</summary>
    public static ReadOnlySpan<double> Bounds => Seconds;

    public IReadOnlyList<KeyValuePair<string, object?>> Attributes { get; } = attributes;

    public bool IsInteger { get; private set; }

    public long Integer { get; private set; }

    /// <summary>The number where it is not an integer; of a histogram the sum.</summary>
    public double Double { get; private set; }

    /// <summary>How many values are in the histogram.</summary>
    public long Count { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>One more than there are <see cref="Bounds"/>.</summary>
    public ReadOnlySpan<long> Buckets => _buckets;

    public void Set(long value) => (IsInteger, Integer) = (true, value);

    public void Set(double value) => (IsInteger, Double) = (false, value);

    public void Add(long value) => Set(Integer + value);

    public void Add(double value) => Set(Double + value);

    /// <summary>Adds a value to the histogram. What is no number is left out: it would make one of the sum, for ever.</summary>
    public void Record(double value)
    {
        if (!double.IsFinite(value))
            return;

        _buckets ??= new long[Seconds.Length + 1];
        var bucket = Array.BinarySearch(Seconds, value);
        _buckets[bucket < 0 ? ~bucket : bucket]++;
        Double += value;
        Count++;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }
}
