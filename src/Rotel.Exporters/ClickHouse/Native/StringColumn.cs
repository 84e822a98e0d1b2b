using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>String: any bytes.</summary>
internal sealed class StringColumn(BufferPool pool) : ValueColumn("String", pool)
{
    public void Append(ReadOnlySpan<byte> utf8) => Values.WriteString(utf8);

    /// <summary>Appends an id in lower-case hexadecimal, and nothing for one whose length is not <paramref name="idLength"/>.</summary>
    public void AppendId(ReadOnlySpan<byte> id, int idLength)
    {
        if (id.Length != idLength)
        {
            Values.WriteByte(0);
            return;
        }

        var room = Values.Append((2 * idLength) + 1);
        room[0] = (byte)(2 * idLength);
        Convert.TryToHexStringLower(id, room[1..], out _);
    }
}
