namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Reads back what <see cref="StatisticsKey"/> wrote, in its order.</summary>
internal ref struct StatisticsKeyReader(ReadOnlySpan<byte> key)
{
    private ReadOnlySpan<byte> _rest = key;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public uint Number()
    {
        uint value = 0;
        for (var shift = 0; shift < 35 && !_rest.IsEmpty; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                break;
        }

        return value;
    }

    public ReadOnlySpan<byte> Text()
    {
        var length = (int)Math.Min(Number(), (uint)_rest.Length);
        var text = _rest[..length];
        _rest = _rest[length..];
        return text;
    }

    /// <summary>How many texts are left.</summary>
    public readonly int CountTexts()
    {
        var ahead = this;
        var count = 0;
        for (; !ahead.IsAtEnd; count++)
            ahead.Text();
        return count;
    }
}
