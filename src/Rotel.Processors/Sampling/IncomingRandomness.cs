using System.Runtime.InteropServices;

namespace Rotel.Processors.Sampling;

/// <summary>The randomness that an item came with beside its trace id.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct IncomingRandomness
{
    private int _count;
    private bool _isMalformed;
    private ulong _value;

    /// <summary>Whether there was something that is not randomness: malformed, or given twice.</summary>
    public readonly bool IsInvalid => _count > 1 || _isMalformed;

    public void Add(ReadOnlySpan<byte> text)
    {
        _count++;
        _isMalformed |= !SamplingRandomness.TryParse(text, out _value);
    }

    /// <summary>What an item is sampled by: this, else what its trace id holds; false when neither is valid.</summary>
    public readonly bool TryGet(ReadOnlySpan<byte> traceId, out ulong randomness)
    {
        randomness = _value;
        return (_count == 1 && !_isMalformed) || SamplingRandomness.TryRead(traceId, out randomness);
    }
}
