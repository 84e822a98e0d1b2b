using System.Text;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>A command of Memcached's text protocol: its line; of commands that store, name and key; of unknown ones the name.</summary>
internal static class MemcachedObfuscation
{
    public static ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> command, PooledBytes output)
    {
        var line = command.TrimStart(" \r\n\t"u8);
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        line = (end < 0 ? line : line[..end]).TrimEnd((byte)' ');
        var name = Word(line);
        var kept = name.Length;
        if (IsAbout(name))
            return line;
        if (IsStorage(name) && kept < line.Length)
            kept += 1 + Word(line[(kept + 1)..]).Length;
        if (kept == line.Length)
            return line;

        output.Write(line[..kept]);
        output.Write(" ?"u8);
        return output.Span;
    }

    private static bool IsStorage(ReadOnlySpan<byte> name) =>
        Is(name, "set"u8) || Is(name, "add"u8) || Is(name, "replace"u8) || Is(name, "append"u8) || Is(name, "prepend"u8)
        || Is(name, "cas"u8) || Is(name, "ms"u8);

    /// <summary>Without a value.</summary>
    private static bool IsAbout(ReadOnlySpan<byte> name) =>
        Is(name, "get"u8) || Is(name, "gets"u8) || Is(name, "gat"u8) || Is(name, "gats"u8) || Is(name, "delete"u8) || Is(name, "incr"u8)
        || Is(name, "decr"u8) || Is(name, "touch"u8) || Is(name, "mg"u8) || Is(name, "md"u8) || Is(name, "ma"u8) || Is(name, "stats"u8);

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line)
    {
        var length = line.IndexOf((byte)' ');
        return length < 0 ? line : line[..length];
    }
}
