using System.Diagnostics;

namespace Rotel.DiskLog;

/// <summary>
/// Lays records out as the file will have them: what is large by reference, what is small copied, so that a short record is one piece. One
/// writer at a time.
/// </summary>
internal sealed class RecordFramer
{
    /// <summary>Above, handing a piece to the system costs less than copying it.</summary>
    private const int CopyUpTo = 8 * 1024;

    private const int StagingBytes = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private byte[] _staging = new byte[StagingBytes];
    private int _staged;
    private int _pieceStart;
    private uint _salt;

    /// <summary>What was laid out and not taken yet.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces => _pieces;

    /// <summary>Where in the file it begins.</summary>
    public long Start { get; private set; }

    /// <summary>Where in the file it ends so far.</summary>
    public long End { get; private set; }

    /// <summary>No more should be added before this was written.</summary>
    public bool IsFull => End - Start >= 4 * 1024 * 1024 || _staged >= StagingBytes - 4096;

    /// <summary>Begins anew, at an offset of a segment.</summary>
    public void Reset(long offset, uint salt)
    {
        _pieces.Clear();
        if (_staging.Length > StagingBytes)
            _staging = new byte[StagingBytes];
        _staged = 0;
        _pieceStart = 0;
        _salt = salt;
        Start = offset;
        End = offset;
    }

    /// <summary>The beginning of a segment.</summary>
    public void AddFileHeader(in SegmentHeader header, ReadOnlySpan<byte> table)
    {
        Debug.Assert(End == 0);
        SegmentFormat.WriteFileHeader(Stage(SegmentFormat.FileHeaderBytes), header, table);
        table.CopyTo(Stage(table.Length));
        Pad(SegmentFormat.Align(End));
    }

    public void Add(in RecordHeader header, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, uint contentCrc)
    {
        var headerAt = SegmentFormat.PlaceHeader(End);
        var end = SegmentFormat.EndOf(headerAt, header.Length);
        if (headerAt != End)
        {
            Pad(headerAt - SegmentFormat.MarkerBytes);
            SegmentFormat.WriteMarker(Stage(SegmentFormat.MarkerBytes), SegmentFormat.MarkerBytes, header.Sequence, _salt);
        }

        SegmentFormat.WriteRecordHeader(Stage(SegmentFormat.RecordHeaderBytes), header, contentCrc, _salt);
        AddContent(head, end, header.Sequence);
        AddContent(body, end, header.Sequence);
        Pad(end);
        Debug.Assert(End == end);
    }

    /// <summary>Closes the last piece; <see cref="Pieces"/> is complete.</summary>
    public void Complete() => FlushStaged();

    private void AddContent(ReadOnlyMemory<byte> content, long end, long sequence)
    {
        while (!content.IsEmpty)
        {
            var inBlock = (int)(End % SegmentFormat.BlockBytes);
            if (inBlock == 0)
            {
                // The next header is in this block if the record ends in it and leaves room for one.
                var next = SegmentFormat.PlaceHeader(end) - End;
                SegmentFormat.WriteMarker(
                    Stage(SegmentFormat.MarkerBytes), next < SegmentFormat.BlockBytes ? (int)next : 0, sequence + 1, _salt);
                continue;
            }

            var piece = content[..Math.Min(content.Length, SegmentFormat.BlockBytes - inBlock)];
            content = content[piece.Length..];
            if (piece.Length <= CopyUpTo)
            {
                piece.Span.CopyTo(Stage(piece.Length));
                continue;
            }

            FlushStaged();
            _pieces.Add(piece);
            End += piece.Length;
        }
    }

    private void Pad(long to)
    {
        if (to > End)
            Stage((int)(to - End)).Clear();
    }

    private Span<byte> Stage(int count)
    {
        if (count > _staging.Length - _staged)
        {
            // Pieces hold on to the array that they are in.
            FlushStaged();
            _staging = new byte[Math.Max(_staging.Length, count)];
            _staged = 0;
            _pieceStart = 0;
        }

        var room = _staging.AsSpan(_staged, count);
        _staged += count;
        End += count;
        return room;
    }

    private void FlushStaged()
    {
        if (_staged > _pieceStart)
            _pieces.Add(_staging.AsMemory(_pieceStart, _staged - _pieceStart));
        _pieceStart = _staged;
    }
}
