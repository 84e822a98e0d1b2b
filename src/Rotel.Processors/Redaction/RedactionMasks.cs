using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Rotel.Memory;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>Writes what takes the place of what is hidden. Not thread-safe.</summary>
internal sealed class RedactionMasks(RedactionHash hash)
{
    /// <summary>Of a text with more hidden parts all is masked, so that it cannot grow without bound.</summary>
    private const int MaxParts = 256;

    private const int MaxHashSize = 64;

    // Room for the tag and length that go before a text of unknown length.
    private const int HeaderRoom = 6;

    private readonly List<(int Start, int End)> _parts = [];

    /// <summary>What is written where there is no hash.</summary>
    public static ReadOnlySpan<byte> Placeholder => "[REDACTED]"u8;

    /// <summary>A field that holds the mask of a whole text; valid until the output is written again.</summary>
    public ReadOnlySpan<byte> Write(PooledBytes output, ReadOnlySpan<byte> text, byte tag)
    {
        output.Clear();
        output.Append(HeaderRoom);
        AppendMask(output, text);
        return WithHeader(output, tag);
    }

    /// <summary>A field that holds the placeholder, for what is no text; valid until the output is written again.</summary>
    public static ReadOnlySpan<byte> WritePlaceholder(PooledBytes output, byte tag)
    {
        output.Clear();
        output.Append(HeaderRoom);
        output.Write(Placeholder);
        return WithHeader(output, tag);
    }

    /// <summary>
    /// Finds what any of the patterns matches, overlapping matches as one, each grown to whole characters. False when all of the text is to
    /// be masked: a match is empty, there are too many, or they took too long.
    /// </summary>
    public bool TryFindParts(Regex[] patterns, ReadOnlySpan<char> text, int bytes, MatchAllowance allowance)
    {
        _parts.Clear();
        allowance.Start(bytes);
        try
        {
            foreach (var pattern in patterns)
            {
                foreach (var match in pattern.EnumerateMatches(text))
                {
                    allowance.Spend();
                    if (match.Length == 0 || _parts.Count == MaxParts || allowance.IsUsedUp)
                        return false;
                    _parts.Add(Widen(text, match.Index, match.Index + match.Length));
                }

                allowance.Spend();
                if (allowance.IsUsedUp)
                    return false;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            allowance.Spend();
            return false;
        }

        Merge();
        return _parts.Count > 0;
    }

    /// <summary>A field that holds the text with the parts just found masked; valid until the output is written again.</summary>
    public ReadOnlySpan<byte> WriteParts(PooledBytes output, ReadOnlySpan<char> text, byte tag)
    {
        output.Clear();
        output.Append(HeaderRoom);
        var position = 0;
        foreach (var (start, end) in _parts)
        {
            AppendText(output, text[position..start]);
            AppendMaskOf(output, text[start..end]);
            position = end;
        }

        AppendText(output, text[position..]);
        return WithHeader(output, tag);
    }

    private void AppendMaskOf(PooledBytes output, ReadOnlySpan<char> text)
    {
        if (hash == RedactionHash.None)
        {
            output.Write(Placeholder);
            return;
        }

        // Its UTF-8 stands for a moment where the hash of it will.
        var at = output.Length;
        AppendText(output, text);
        Span<byte> digest = stackalloc byte[MaxHashSize];
        digest = digest[..Digest(output.Span[at..], digest)];
        output.Length = at;
        AppendHex(output, digest);
    }

    private void AppendMask(PooledBytes output, ReadOnlySpan<byte> text)
    {
        if (hash == RedactionHash.None)
        {
            output.Write(Placeholder);
            return;
        }

        Span<byte> digest = stackalloc byte[MaxHashSize];
        AppendHex(output, digest[..Digest(text, digest)]);
    }

    // The weak ones are what a user asks for who has to match what other systems wrote.
#pragma warning disable CA5350, CA5351
    private int Digest(ReadOnlySpan<byte> text, Span<byte> destination) => hash switch
    {
        RedactionHash.Md5 => MD5.HashData(text, destination),
        RedactionHash.Sha1 => SHA1.HashData(text, destination),
        RedactionHash.Sha384 => SHA384.HashData(text, destination),
        RedactionHash.Sha512 => SHA512.HashData(text, destination),
        RedactionHash.Sha3 => SHA3_256.HashData(text, destination),
        _ => SHA256.HashData(text, destination),
    };
#pragma warning restore CA5350, CA5351

    private void Merge()
    {
        _parts.Sort();
        var last = 0;
        for (var i = 1; i < _parts.Count; i++)
        {
            var (start, end) = _parts[i];
            if (start < _parts[last].End)
                _parts[last] = (_parts[last].Start, Math.Max(end, _parts[last].End));
            else
                _parts[++last] = (start, end);
        }

        if (_parts.Count > 0)
            _parts.RemoveRange(last + 1, _parts.Count - last - 1);
    }

    /// <summary>A pattern sees UTF-16 and may end within a character beyond its first plane.</summary>
    private static (int Start, int End) Widen(ReadOnlySpan<char> text, int start, int end)
    {
        if (start > 0 && char.IsLowSurrogate(text[start]))
            start--;
        if (end < text.Length && char.IsLowSurrogate(text[end]))
            end++;
        return (start, end);
    }

    private static void AppendText(PooledBytes output, ReadOnlySpan<char> text)
    {
        var at = output.Length;
        var room = output.Append(checked(text.Length * 3));
        output.Length = at + Encoding.UTF8.GetBytes(text, room);
    }

    private static void AppendHex(PooledBytes output, ReadOnlySpan<byte> digest) =>
        Convert.TryToHexStringLower(digest, output.Append(digest.Length * 2), out _);

    private static ReadOnlySpan<byte> WithHeader(PooledBytes output, byte tag)
    {
        var length = (uint)(output.Length - HeaderRoom);
        var start = HeaderRoom - 1 - WireFormat.VarintLength(length);
        var field = output.WrittenFrom(start);
        field[0] = tag;
        WireFormat.WriteVarint(field[1..], length);
        return field;
    }
}
