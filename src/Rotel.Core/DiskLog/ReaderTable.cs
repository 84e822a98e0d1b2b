using System.Text;

namespace Rotel.DiskLog;

/// <summary>
/// Which reader has which bit in the records of a segment: per entry the bit, the length of the key, the key. From here a bit is known
/// whose position file is lost.
/// </summary>
internal static class ReaderTable
{
    public static byte[] Write(IEnumerable<LogReader> readers)
    {
        using var bytes = new MemoryStream();
        foreach (var reader in readers)
        {
            bytes.WriteByte((byte)reader.Index);
            bytes.WriteByte((byte)reader.Key.Length);
            bytes.Write(Encoding.ASCII.GetBytes(reader.Key));
        }

        return bytes.ToArray();
    }

    /// <summary>As far as it can be read; entries that make no sense end it.</summary>
    public static Dictionary<string, int> Read(ReadOnlySpan<byte> bytes)
    {
        var bits = new Dictionary<string, int>(StringComparer.Ordinal);
        while (bytes.Length >= 2 && bytes[0] < LogReader.MaxReaders && bytes.Length >= 2 + bytes[1])
        {
            bits[Encoding.ASCII.GetString(bytes.Slice(2, bytes[1]))] = bytes[0];
            bytes = bytes[(2 + bytes[1])..];
        }

        return bits;
    }
}
