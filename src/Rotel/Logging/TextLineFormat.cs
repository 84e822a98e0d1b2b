using System.Buffers;
using System.Globalization;

namespace Rotel.Logging;

/// <summary>
/// For people: <c>2026-11-23T09:00:00.123Z info  Rotel.Receivers.Otlp[2001] message</c>. What stands on further lines of a message, and an
/// exception, is indented below it, so that no text of a sender's can look like a line of its own. Control characters become spaces.
/// </summary>
internal sealed class TextLineFormat : LineFormat
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TimeLength = 24;

    /// <summary>The longest severity.</summary>
    private const int SeverityWidth = 5;

    /// <summary>C0, DEL, C1, and what Unicode counts as a line or paragraph break.</summary>
    private static readonly SearchValues<char> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code), '\u2028', '\u2029']);

    public override void Write(LineBuffer line, in LogEvent logEvent)
    {
        Span<byte> time = stackalloc byte[TimeLength];
        logEvent.Time.UtcDateTime.TryFormat(time, out _, TimeFormat, CultureInfo.InvariantCulture);
        line.Add(time);
        line.Add(" "u8);
        line.Add(logEvent.Severity);
        line.Add("      "u8[..(SeverityWidth - logEvent.Severity.Length + 1)]);
        AddOneLine(line, logEvent.Category);
        line.Add("["u8);
        Span<byte> id = stackalloc byte[11];
        logEvent.Id.Id.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
        line.Add(id[..length]);
        line.Add("] "u8);
        AddIndented(line, logEvent.Message);
        if (logEvent.Exception is { } exception)
        {
            line.Add("\n    "u8);
            AddIndented(line, exception.ToString());
        }

        line.Add("\n"u8);
    }

    private static void AddIndented(LineBuffer line, ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        for (var isFirst = true; isFirst || !text.IsEmpty; isFirst = false)
        {
            if (!isFirst)
                line.Add("\n    "u8);
            var end = text.IndexOf('\n');
            var first = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            AddOneLine(line, first.TrimEnd('\r'));
        }
    }

    private static void AddOneLine(LineBuffer line, ReadOnlySpan<char> text)
    {
        for (var bad = text.IndexOfAny(Unwanted); bad >= 0; bad = text.IndexOfAny(Unwanted))
        {
            line.Add(text[..bad]);
            line.Add(" "u8);
            text = text[(bad + 1)..];
        }

        line.Add(text);
    }
}
