using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// Tags as Datadog keeps them, by the rules of its agent
/// (https://github.com/DataDog/datadog-agent/tree/main/pkg/trace/traceutil/normalize): lower case; letters and digits of any script and
/// <c>: . / -</c> stay, whatever else lies between them becomes one underscore; at most 200 characters. What is so already, which most
/// texts are, is returned as it is; everything else is written into the caller's room. Nothing is allocated.
/// </summary>
internal static class DatadogTags
{
    /// <summary>Bytes that the caller's room must have.</summary>
    public const int Room = (2 * MaxCharacters) + 4;

    /// <summary>The most bytes of a service's name that count.</summary>
    public const int MaxServiceBytes = 100;

    private const int MaxCharacters = 200;

    private static readonly SearchValues<byte> NormalBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789:./-_"u8);

    /// <summary>Of <c>key:value</c>, which starts with a letter or a colon: what comes before is cut off.</summary>
    /// <returns>The tag or a part of <paramref name="room"/>; empty when nothing of it can stay.</returns>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> tag, Span<byte> room) => Normalize(tag, startsWithLetter: true, room);

    /// <summary>Of a value without its key, such as a version or an environment: it may start with anything that stays.</summary>
    /// <inheritdoc cref="Normalize(ReadOnlySpan{byte}, Span{byte})" path="/returns"/>
    public static ReadOnlySpan<byte> NormalizeValue(ReadOnlySpan<byte> value, Span<byte> room) =>
        Normalize(value, startsWithLetter: false, room);

    /// <summary>Of a service of spans: cut to 100 bytes, and never empty.</summary>
    /// <param name="service">As the sender names it.</param>
    /// <param name="language">Of the sender's SDK, for a service without a name; may be empty.</param>
    /// <param name="room">Of <see cref="Room"/> bytes.</param>
    public static ReadOnlySpan<byte> NormalizeService(ReadOnlySpan<byte> service, ReadOnlySpan<byte> language, Span<byte> room)
    {
        var normal = NormalizeValue(Cut(service, MaxServiceBytes), room);
        if (!normal.IsEmpty)
            return normal;
        if (language.IsEmpty)
            return "unnamed-service"u8;

        language = Cut(language, MaxServiceBytes);
        "unnamed-"u8.CopyTo(room);
        language.CopyTo(room["unnamed-"u8.Length..]);
        "-service"u8.CopyTo(room[("unnamed-"u8.Length + language.Length)..]);
        return room[..("unnamed-"u8.Length + language.Length + "-service"u8.Length)];
    }

    /// <summary>The beginning of a text that has at most so many bytes and ends between two characters.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length <= maxBytes)
            return utf8;

        var end = maxBytes;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80)
            end--;
        return utf8[..end];
    }

    private static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> text, bool startsWithLetter, Span<byte> room)
    {
        if (IsNormal(text, startsWithLetter))
            return text;

        var written = 0;
        var characters = 0;
        var isGap = false;
        for (var at = 0; at < text.Length && at < 2 * MaxCharacters && characters < MaxCharacters;)
        {
            if (Rune.DecodeFromUtf8(text[at..], out var character, out var length) != OperationStatus.Done)
                length = 1;
            at += length;
            character = ToLower(character, length);
            var isStart = Rune.IsLetter(character) || character.Value == ':';
            if (!isStart && startsWithLetter && characters == 0)
                continue;

            characters++;
            if (!isStart && !Rune.IsDigit(character) && character.Value is not ('.' or '/' or '-'))
            {
                isGap = true;
                continue;
            }

            if (isGap)
                room[written++] = (byte)'_';
            isGap = false;
            written += character.EncodeToUtf8(room[written..]);
        }

        return room[..written];
    }

    /// <summary>Lower case where that takes as many bytes.</summary>
    private static Rune ToLower(Rune character, int length)
    {
        if (Rune.GetUnicodeCategory(character) != UnicodeCategory.UppercaseLetter)
            return character;
        var lower = Rune.ToLowerInvariant(character);
        return lower.Utf8SequenceLength == length ? lower : character;
    }

    private static bool IsNormal(ReadOnlySpan<byte> text, bool startsWithLetter)
    {
        if (text.IsEmpty)
            return true;
        if (text.Length > MaxCharacters || text.ContainsAnyExcept(NormalBytes))
            return false;
        if (startsWithLetter && text[0] is not ((>= (byte)'a' and <= (byte)'z') or (byte)':'))
            return false;
        return text[^1] != '_' && text.IndexOf("__"u8) < 0;
    }
}
