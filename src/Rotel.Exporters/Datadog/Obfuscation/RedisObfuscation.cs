using System.Buffers;
using System.Text;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Commands of Redis and Valkey, one a line: their names with the arguments that are no values (<see cref="RedisCommands"/>), or their
/// names alone. A line that begins with no known command is taken for the rest of a value.
/// </summary>
internal static class RedisObfuscation
{
    private const int MaxCommands = 3;
    private const int MaxNameLength = 32;

    private static readonly SearchValues<byte> ArgumentMarks = SearchValues.Create(" \t\r\n\"\\"u8);

    /// <summary>What tracers put behind a command that they cut.</summary>
    private static ReadOnlySpan<byte> CutMark => "..."u8;

    public static ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> commands, PooledBytes output)
    {
        for (var rest = SkipToWord(commands); !rest.IsEmpty; rest = SkipToWord(rest))
        {
            var name = Word(rest);
            var kept = RedisCommands.KeptArguments(name);
            rest = rest[name.Length..];
            if (kept >= 0 || output.IsEmpty)
            {
                if (!output.IsEmpty)
                    output.WriteByte((byte)'\n');
                output.Write(kept >= 0 || IsName(name) ? name : "?"u8);
                rest = CopyArguments(rest, Math.Max(kept, 0), output);
            }
            else
            {
                if (output.Span[^1] != '?')
                    output.Write(" ?"u8);
                rest = SkipLine(rest);
            }
        }

        return output.Span;
    }

    public static ReadOnlySpan<byte> Names(ReadOnlySpan<byte> commands, PooledBytes output)
    {
        var count = 0;
        var isCut = false;
        for (var rest = SkipToWord(commands); !rest.IsEmpty && count < MaxCommands; rest = SkipToWord(SkipLine(rest)))
        {
            var name = Word(rest);
            rest = rest[name.Length..];
            if (count > 0 && RedisCommands.KeptArguments(name) < 0)
                continue;

            var second = RedisCommands.IsCompound(name) ? Word(rest.TrimStart(" \t"u8)) : default;
            isCut = name.EndsWith(CutMark) || second.EndsWith(CutMark);
            if (isCut)
                continue;

            WriteName(name, output);
            if (!second.IsEmpty)
                WriteName(second, output);
            count++;
        }

        if (count == MaxCommands || isCut)
            output.Write(output.IsEmpty ? CutMark : " ..."u8);
        return output.Span;
    }

    private static void WriteName(ReadOnlySpan<byte> name, PooledBytes output)
    {
        if (!output.IsEmpty)
            output.WriteByte((byte)' ');
        if (IsName(name))
            Ascii.ToUpper(name, output.Append(name.Length), out _);
        else
            output.WriteByte((byte)'?');
    }

    private static bool IsName(ReadOnlySpan<byte> word)
    {
        if (word.Length > MaxNameLength)
            return false;

        foreach (var value in word)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'.' or (byte)'_' or (byte)'-'))
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> CopyArguments(ReadOnlySpan<byte> rest, int kept, PooledBytes output)
    {
        while (true)
        {
            rest = rest.TrimStart(" \t\r"u8);
            if (rest.IsEmpty || rest[0] == '\n')
                return rest;
            if (kept-- == 0)
            {
                output.Write(" ?"u8);
                return SkipLine(rest);
            }

            var argument = rest[..ArgumentLength(rest)];
            rest = rest[argument.Length..];
            output.WriteByte((byte)' ');
            // A line break says that a quote was perhaps none, and that this is more than an argument.
            output.Write(argument.Contains((byte)'\n') ? "?"u8 : argument);
        }
    }

    /// <summary>To the blank outside of double quotes.</summary>
    private static int ArgumentLength(ReadOnlySpan<byte> rest)
    {
        for (var at = 0; ;)
        {
            var next = rest[at..].IndexOfAny(ArgumentMarks);
            if (next < 0)
                return rest.Length;

            at += next;
            if (rest[at] == '\\')
                at = Math.Min(at + 2, rest.Length);
            else if (rest[at] == '"')
                at = QuoteEnd(rest, at);
            else
                return at;
        }
    }

    /// <summary>Behind the line break outside of double quotes.</summary>
    private static ReadOnlySpan<byte> SkipLine(ReadOnlySpan<byte> rest)
    {
        for (var at = 0; ;)
        {
            var next = rest[at..].IndexOfAny("\n\"\\"u8);
            if (next < 0)
                return default;

            at += next;
            if (rest[at] == '\\')
                at = Math.Min(at + 2, rest.Length);
            else if (rest[at] == '"')
                at = QuoteEnd(rest, at);
            else
                return rest[(at + 1)..];
        }
    }

    private static int QuoteEnd(ReadOnlySpan<byte> rest, int start)
    {
        for (var at = start + 1; at < rest.Length;)
        {
            var next = rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
                break;
            if (rest[at + next] == '"')
                return at + next + 1;
            at += next + 2;
        }

        return rest.Length;
    }

    private static ReadOnlySpan<byte> SkipToWord(ReadOnlySpan<byte> rest) => rest.TrimStart(" \t\r\n"u8);

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAny(" \t\r\n"u8);
        return length < 0 ? rest : rest[..length];
    }
}
