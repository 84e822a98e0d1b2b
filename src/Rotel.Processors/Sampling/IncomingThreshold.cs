using System.Runtime.InteropServices;

namespace Rotel.Processors.Sampling;

/// <summary>The threshold that an item came with.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct IncomingThreshold
{
    private int _count;
    private bool _isMalformed;
    private SamplingThreshold _value;

    /// <summary>Whether there was any, valid or not.</summary>
    public readonly bool IsThere => _count > 0;

    /// <summary>Takes what was found; one found twice is as bad as one that cannot be read.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        _count++;
        _isMalformed |= !SamplingThreshold.TryParse(text, out _value);
    }

    /// <summary>Whether there is one, and it can have kept an item of this randomness.</summary>
    public readonly bool IsTrueOf(ulong randomness, out SamplingThreshold threshold)
    {
        threshold = _value;
        return _count == 1 && !_isMalformed && _value.Keeps(randomness);
    }
}
