using System.Buffers;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// A document, or several behind each other, without its values: each becomes <c>"?"</c>; keys and structure stay, whitespace goes. From
/// where it cannot be read on, an ellipsis stands for the rest.
/// </summary>
internal ref struct JsonObfuscation(ReadOnlySpan<byte> json, PooledBytes output)
{
    /// <summary>Objects and arrays in each other, beyond which the rest is hidden; one bit each.</summary>
    private const int MaxDepth = 512;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private readonly ReadOnlySpan<byte> _json = json;
    private readonly PooledBytes _output = output;
    private int _at;

    private enum Expected : byte
    {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        CommaOrEnd,
        Document,
    }

    public ReadOnlySpan<byte> Apply()
    {
        Span<ulong> objects = stackalloc ulong[MaxDepth / 64];
        var depth = 0;
        var expected = Expected.Value;
        while (true)
        {
            _at += SkipBlank(_json[_at..]);
            if (_at >= _json.Length)
                return expected == Expected.Document ? _output.Span : Ellipsis();

            var value = _json[_at];
            switch (value)
            {
                case (byte)'{' or (byte)'[' when expected is Expected.Value or Expected.ValueOrEnd or Expected.Document:
                    if (depth == MaxDepth)
                        return Ellipsis();
                    Copy();
                    Set(objects, depth++, value == '{');
                    expected = value == '{' ? Expected.KeyOrEnd : Expected.ValueOrEnd;
                    break;
                case (byte)'}' when depth > 0 && IsSet(objects, depth - 1) && expected is Expected.KeyOrEnd or Expected.CommaOrEnd:
                case (byte)']' when depth > 0 && !IsSet(objects, depth - 1) && expected is Expected.ValueOrEnd or Expected.CommaOrEnd:
                    Copy();
                    expected = --depth == 0 ? Expected.Document : Expected.CommaOrEnd;
                    break;
                case (byte)',' when expected == Expected.CommaOrEnd:
                    Copy();
                    expected = IsSet(objects, depth - 1) ? Expected.Key : Expected.Value;
                    break;
                case (byte)'"' when expected is Expected.Key or Expected.KeyOrEnd:
                    if (!TryCopyKey())
                        return Ellipsis();
                    expected = Expected.Value;
                    break;
                default:
                    if (expected is Expected.Key or Expected.KeyOrEnd or Expected.CommaOrEnd || !TrySkipScalar(value))
                        return Ellipsis();
                    _output.Write("\"?\""u8);
                    expected = depth == 0 ? Expected.Document : Expected.CommaOrEnd;
                    break;
            }
        }
    }

    private static int SkipBlank(ReadOnlySpan<byte> json)
    {
        var count = json.IndexOfAnyExcept(" \t\r\n"u8);
        return count < 0 ? json.Length : count;
    }

    private static bool IsSet(ReadOnlySpan<ulong> bits, int index) => (bits[index >> 6] & (1UL << (index & 63))) != 0;

    private static void Set(Span<ulong> bits, int index, bool value)
    {
        var bit = 1UL << (index & 63);
        bits[index >> 6] = value ? bits[index >> 6] | bit : bits[index >> 6] & ~bit;
    }

    private ReadOnlySpan<byte> Ellipsis()
    {
        _output.Write("..."u8);
        return _output.Span;
    }

    private void Copy() => _output.WriteByte(_json[_at++]);

    /// <summary>With its colon, without which it may have been a value.</summary>
    private bool TryCopyKey()
    {
        var start = _at;
        if (!TrySkipString())
            return false;

        var end = _at;
        _at += SkipBlank(_json[_at..]);
        if (_at >= _json.Length || _json[_at] != ':')
            return false;

        _output.Write(_json[start..end]);
        Copy();
        return true;
    }

    private bool TrySkipScalar(byte first)
    {
        switch (first)
        {
            case (byte)'"':
                return TrySkipString();
            case (byte)'t':
                return TrySkip("true"u8);
            case (byte)'f':
                return TrySkip("false"u8);
            case (byte)'n':
                return TrySkip("null"u8);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                var length = _json[_at..].IndexOfAnyExcept(NumberBytes);
                _at = length < 0 ? _json.Length : _at + length;
                return true;
            default:
                return false;
        }
    }

    private bool TrySkip(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal))
            return false;

        _at += literal.Length;
        return true;
    }

    private bool TrySkipString()
    {
        _at++;
        while (true)
        {
            var next = _json[_at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
                return false;

            _at += next + 1;
            if (_json[_at - 1] == '"')
                return true;
            if (_at++ >= _json.Length)
                return false;
        }
    }
}
