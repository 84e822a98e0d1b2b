namespace Rotel.DiskLog;

/// <summary>Finds places in a segment by the markers of its blocks, without reading what is between.</summary>
internal static class SegmentSearch
{
    /// <summary>A scanner that begins at or before a sequence, near to it.</summary>
    /// <param name="file">The scanner's, or disposed.</param>
    /// <param name="segment">What it is of.</param>
    /// <param name="sequence">What is looked for.</param>
    /// <param name="end">Of the segment's sequences.</param>
    public static SegmentScanner Open(IFile file, Segment segment, long sequence, long end)
    {
        try
        {
            var start = sequence > segment.First ? FindBlock(file, segment, sequence) : segment.FirstRecordAt;
            return new SegmentScanner(file, segment.Salt, start, sequence, end) { Limit = segment.Published };
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Where the last records begin that a file holds, by its last markers, the last of all first.</summary>
    public static IEnumerable<(long Start, long Sequence)> StartsFromEnd(IFile file, long length, uint salt, long firstRecordAt, long first)
    {
        for (var block = length / SegmentFormat.BlockBytes * SegmentFormat.BlockBytes; block > 0; block -= SegmentFormat.BlockBytes)
        {
            if (TryReadMarker(file, block, salt, out var firstRecord, out var sequence) && firstRecord != 0)
                yield return (StartOf(block, firstRecord), sequence);
        }

        yield return (firstRecordAt, first);
    }

    /// <summary>The start of the last block whose first record is not behind the sequence; a damaged marker is as good as none.</summary>
    private static long FindBlock(IFile file, Segment segment, long sequence)
    {
        var start = segment.FirstRecordAt;
        long low = 1, high = (segment.Published - 1) / SegmentFormat.BlockBytes;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var probe = middle;
            int firstRecord;
            long found;
            while (!TryReadMarker(file, probe * SegmentFormat.BlockBytes, segment.Salt, out firstRecord, out found) || firstRecord == 0)
            {
                if (++probe > high)
                    break;
            }

            if (probe > high || found > sequence)
            {
                high = middle - 1;
            }
            else
            {
                start = StartOf(probe * SegmentFormat.BlockBytes, firstRecord);
                low = probe + 1;
            }
        }

        return start;
    }

    /// <summary>A header right behind the marker is placed there from the block's beginning.</summary>
    private static long StartOf(long block, int firstRecord) =>
        firstRecord == SegmentFormat.MarkerBytes ? block : block + firstRecord;

    private static bool TryReadMarker(IFile file, long block, uint salt, out int firstRecord, out long sequence)
    {
        Span<byte> bytes = stackalloc byte[SegmentFormat.MarkerBytes];
        firstRecord = 0;
        sequence = 0;
        try
        {
            return file.Read(bytes, block) == bytes.Length && SegmentFormat.TryReadMarker(bytes, salt, out firstRecord, out sequence);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // Another will do; if none does, who reads the records will know.
            return false;
        }
    }
}
