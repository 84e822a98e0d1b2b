using System.Buffers;
using System.Text;
using Rotel.TestKit.Fuzzing;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>
/// Changes JSON text by its tokens, and now and then by its bytes. What it is given need not be JSON: a string without an end goes on to the
/// end, and what belongs nowhere is a token of its own.
/// </summary>
internal static class JsonMutator
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "false", "{}", "[]", "[null]", "[[]]", "{\"\":{}}", "//", "/**/", "\uFEFF", "\0", "'", "NaN",
        "\"NaN\"", "\"-Infinity\"", "Infinity", "\"infinity\"", "\"\"", "\" \"", "\"=\"", "\"AA==\"", "\"A\"", "\"-_-_\"", "\"+/+/\"", "\"Zg\"", "\"Zh\"",
        "\"0\"", "\"0a\"", "\"0g\"", "\"\\u0030a\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"\\x\"", "\"\\u12\"", "\"\t\"",
        "\"SPAN_KIND_SERVER\"", "\"STATUS_CODE_ERROR\"", "\"SEVERITY_NUMBER_INFO\"", "\"AGGREGATION_TEMPORALITY_DELTA\"", "\"span_kind_server\"",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "00", "01", "+1", "1.", ".1", "-", "1.0", "-1.0", "1e0", "1E+2", "1e-1", "10e-1", "0e99999999999", "0.0e-5", "1e400", "-1e400",
        "1e-400", "1e99999999999999999999", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        "99999999999999999999999999999999999999", "0.1", "1.7976931348623157e308", "5e-324", "123456789012345678901234567890e-20", "0x10", "1_0", "1e", "1e+", " 1", "1 ",
    ];

    private static readonly string[] Keys =
    [
        "resourceSpans", "resource_spans", "scopeSpans", "spans", "traceId", "trace_id", "spanId", "parentSpanId", "kind", "status", "code", "flags",
        "startTimeUnixNano", "attributes", "key", "value", "stringValue", "intValue", "doubleValue", "boolValue", "bytesValue", "arrayValue", "kvlistValue",
        "values", "resource", "scope", "schemaUrl", "droppedAttributesCount", "events", "links", "name", "gauge", "sum", "histogram", "exponentialHistogram",
        "summary", "dataPoints", "asInt", "asDouble", "bucketCounts", "explicitBounds", "count", "positive", "offset", "scale", "isMonotonic", "exemplars",
        "aggregationTemporality", "quantileValues", "severityNumber", "body", "logRecords", "eventName", "dictionary", "stringTable", "profileId", "", "TraceId",
    ];

    private static readonly SearchValues<byte> Ends = SearchValues.Create("{}[],:\" \r\n\t"u8);

    private static readonly int[] Depths = [1, 2, 20, 47, 48, 49, 60, 64, 99, 100, 101, 130, 260, 263, 264, 265, 1_000];

    /// <summary>Makes up to four changes.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        var tokens = Split(text);
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
            Change(random, tokens, other);
        List<byte> mutated = [.. tokens.SelectMany(token => token)];
        if (random.Next(5) == 0)
            ByteMutator.Change(random, mutated, other);
        return [.. mutated];
    }

    /// <summary>The text without a token, or without all from an opening one to its closing one; null where there are not so many.</summary>
    public static byte[]? Without(ReadOnlySpan<byte> text, int token)
    {
        var tokens = Split(text);
        if (token >= tokens.Count)
            return null;
        tokens.RemoveRange(token, ValueLength(tokens, token));
        if (token < tokens.Count && tokens[token] is [(byte)','])
            tokens.RemoveAt(token);
        return [.. tokens.SelectMany(part => part)];
    }

    private static void Change(Random random, List<byte[]> tokens, ReadOnlySpan<byte> other)
    {
        if (tokens.Count == 0)
        {
            tokens.Add(Draw(random));
            return;
        }

        var at = random.Next(tokens.Count);
        switch (random.Next(15))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, Draw(random));
                break;
            case 2 or 3:
                tokens[at] = Draw(random);
                break;
            case 4:
                // A value of another kind where a value stands.
                var length = ValueLength(tokens, at);
                tokens.RemoveRange(at, length);
                tokens.Insert(at, Draw(random));
                break;
            case 5:
                Repeat(random, tokens, at);
                break;
            case 6:
                var second = random.Next(tokens.Count);
                (tokens[at], tokens[second]) = (tokens[second], tokens[at]);
                break;
            case 7:
                var donors = Split(other);
                if (donors.Count > 0)
                {
                    var from = random.Next(donors.Count);
                    tokens.InsertRange(at, donors.GetRange(from, ValueLength(donors, from)));
                }

                break;
            case 8:
                Nest(random, tokens, at);
                break;
            case 9:
                tokens[at] = Quote(tokens[at]);
                break;
            case 10:
                tokens[at] = Escape(random, tokens[at]);
                break;
            case 11:
                tokens.RemoveRange(at, tokens.Count - at);
                break;
            case 12:
                // Another key before a colon.
                if (tokens.IndexOf(tokens.Skip(at).FirstOrDefault(token => token is [(byte)':']) ?? [], at) is var colon and > 0)
                    tokens[colon - 1] = Encoding.UTF8.GetBytes($"\"{Keys[random.Next(Keys.Length)]}\"");
                break;
            case 13:
                tokens.Insert(random.Next(2) == 0 ? 0 : at, "\uFEFF"u8.ToArray());
                break;
            default:
                var bytes = tokens[at].ToList();
                ByteMutator.Change(random, bytes, other);
                tokens[at] = [.. bytes];
                break;
        }
    }

    private static byte[] Draw(Random random) => Encoding.UTF8.GetBytes(random.Next(5) switch
    {
        0 => Numbers[random.Next(Numbers.Length)],
        1 => $"\"{Numbers[random.Next(Numbers.Length)]}\"",
        2 => $"\"{Keys[random.Next(Keys.Length)]}\"",
        _ => Tokens[random.Next(Tokens.Length)],
    });

    /// <summary>Gives a member, or the element of a list, twice.</summary>
    private static void Repeat(Random random, List<byte[]> tokens, int at)
    {
        var isMember = at + 1 < tokens.Count && tokens[at + 1] is [(byte)':'];
        var length = isMember && at + 2 < tokens.Count ? 2 + ValueLength(tokens, at + 2) : ValueLength(tokens, at);
        var part = tokens.GetRange(at, length);
        part.Add(","u8.ToArray());
        var times = random.Next(8) == 0 ? 200 : 1;
        for (; times > 0 && tokens.Count < 20_000; times--)
            tokens.InsertRange(at, part);
    }

    private static void Nest(Random random, List<byte[]> tokens, int at)
    {
        var (open, close) = random.Next(4) switch
        {
            0 => ("[", "]"),
            1 => ("{\"a\":", "}"),
            2 => ("{\"arrayValue\":{\"values\":[", "]}}"),
            _ => ("{\"kvlistValue\":{\"values\":[{\"key\":\"\",\"value\":", "}]}}"),
        };
        var length = ValueLength(tokens, at);
        var depth = Depths[random.Next(Depths.Length)];
        tokens.InsertRange(at + length, Enumerable.Repeat(Encoding.UTF8.GetBytes(close), depth));
        tokens.InsertRange(at, Enumerable.Repeat(Encoding.UTF8.GetBytes(open), depth));
    }

    /// <summary>A number or word as a string, a string as a word.</summary>
    private static byte[] Quote(byte[] token) => token is [(byte)'"', .. var inside, (byte)'"'] ? inside : [(byte)'"', .. token, (byte)'"'];

    /// <summary>The same string, some of its ASCII letters escaped.</summary>
    private static byte[] Escape(Random random, byte[] token)
    {
        if (token is not [(byte)'"', .. var inside, (byte)'"'])
            return token;
        var escaped = new List<byte> { (byte)'"' };
        foreach (var letter in inside)
        {
            if (char.IsAsciiLetterOrDigit((char)letter) && random.Next(2) == 0 && escaped[^1] != '\\')
                escaped.AddRange(Encoding.ASCII.GetBytes($"\\u00{letter:x2}"));
            else
                escaped.Add(letter);
        }

        escaped.Add((byte)'"');
        return [.. escaped];
    }

    /// <summary>How many tokens a value has that begins here: more than one for an object or a list.</summary>
    private static int ValueLength(List<byte[]> tokens, int at)
    {
        var depth = 0;
        for (var end = at; end < tokens.Count; end++)
        {
            depth += tokens[end] switch { [(byte)'{' or (byte)'['] => 1, [(byte)'}' or (byte)']'] => -1, _ => 0 };
            if (depth <= 0)
                return end - at + 1;
        }

        return tokens.Count - at;
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> text)
    {
        var tokens = new List<byte[]>();
        while (!text.IsEmpty)
        {
            var length = TokenLength(text);
            tokens.Add(text[..length].ToArray());
            text = text[length..];
        }

        return tokens;
    }

    private static int TokenLength(ReadOnlySpan<byte> text)
    {
        if ("{}[],:"u8.Contains(text[0]))
            return 1;
        if (text[0] != '"')
        {
            var end = text[1..].IndexOfAny(Ends);
            return end < 0 ? text.Length : end + 1;
        }

        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
        }

        return text.Length;
    }
}
