namespace Rotel.Processors.Editing;

/// <summary>
/// The time that patterns may take for one body: a fixed part and 1 us for each byte they look at, many times what they need for ordinary
/// values. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="fixedPart">The fixed part.</param>
internal sealed class MatchAllowance(TimeProvider time, TimeSpan fixedPart)
{
    private readonly long _fixedTicks = Math.Max(1, (long)(fixedPart.TotalSeconds * time.TimestampFrequency));
    private readonly double _ticksPerByte = time.TimestampFrequency / 1e6;
    private long _spent;
    private long _bytes;
    private long _start;

    /// <summary>Whether it is used up: what is left of the body is not decided.</summary>
    public bool IsUsedUp { get; private set; }

    /// <summary>Begins a new body.</summary>
    public void Reset()
    {
        _spent = 0;
        _bytes = 0;
        IsUsedUp = false;
    }

    /// <summary>Begins a text.</summary>
    public void Start(int bytes)
    {
        _bytes += bytes;
        _start = time.GetTimestamp();
    }

    /// <summary>Adds the time since <see cref="Start"/>, or since it was last called.</summary>
    public void Spend()
    {
        var now = time.GetTimestamp();
        _spent += now - _start;
        _start = now;
        IsUsedUp = _spent > _fixedTicks + (_bytes * _ticksPerByte);
    }
}
