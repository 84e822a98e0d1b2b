using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.DeadLetters;

/// <summary>Counts what a file holds by the beginnings of its lines, in little memory whatever their length.</summary>
internal static class DeadLetterScan
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>More than stands before the body of any line of ours.</summary>
    private const int MaxHead = 16 * 1024;

    public static Dictionary<(string Exporter, OtlpSignal Signal), long> CountItems(Stream file, BufferPool pool)
    {
        var counts = new Dictionary<(string, OtlpSignal), long>();
        using var block = pool.RentOverdraft(BlockBytes);
        using var head = pool.RentOverdraft(MaxHead);
        var headLength = 0;
        int read;
        file.Position = 0;
        while ((read = file.Read(block.Span[..BlockBytes])) > 0)
        {
            var rest = block.Span[..read];
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)'\n');
                var piece = end < 0 ? rest : rest[..end];
                var taken = Math.Min(piece.Length, MaxHead - headLength);
                piece[..taken].CopyTo(head.Span[headLength..]);
                headLength += taken;
                rest = rest[(end < 0 ? piece.Length : end + 1)..];
                if (end >= 0)
                    Count(head.Span[..headLength], counts, ref headLength);
            }
        }

        Count(head.Span[..headLength], counts, ref headLength);
        return counts;
    }

    private static void Count(ReadOnlySpan<byte> head, Dictionary<(string, OtlpSignal), long> counts, ref int headLength)
    {
        headLength = 0;
        if (DeadLetterLine.TryReadHead(head) is not { } line)
            return;
        var key = (line.Exporter, line.Signal);
        counts[key] = counts.GetValueOrDefault(key) + line.Lost;
    }
}
