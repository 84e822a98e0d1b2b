namespace Rotel.Processors.Sampling;

/// <summary>
/// A list in a trace state, taken apart at its separator and otherwise not understood: members of the state at commas, with optional white
/// space around them, or the values of the OpenTelemetry member at semicolons. Empty members are passed over, as the specification allows.
/// https://www.w3.org/TR/trace-context-2/#tracestate-header
/// </summary>
internal ref struct TraceStateList(ReadOnlySpan<byte> text, byte separator)
{
    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    private readonly byte _separator = separator;
    private ReadOnlySpan<byte> _rest = text;

    public bool TryReadFirst(out ReadOnlySpan<byte> member)
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(_separator);
            member = (end < 0 ? _rest : _rest[..end]).Trim(Blanks);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (!member.IsEmpty)
                return true;
        }

        member = default;
        return false;
    }

    public bool TryReadLast(out ReadOnlySpan<byte> member)
    {
        while (!_rest.IsEmpty)
        {
            var start = _rest.LastIndexOf(_separator) + 1;
            member = _rest[start..].Trim(Blanks);
            _rest = _rest[..Math.Max(0, start - 1)];
            if (!member.IsEmpty)
                return true;
        }

        member = default;
        return false;
    }
}
