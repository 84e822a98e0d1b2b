using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse;

/// <summary>The rows of one batch for one table, in as many pieces as they have to be sent in.</summary>
internal sealed class TableInsert : IDisposable
{
    /// <summary>
    /// What the server still takes as one block, which it writes and remembers as a whole, by the defaults of <c>max_insert_block_size</c>
    /// (1,048,449 rows) and <c>min_insert_block_size_bytes</c> (256 MiB).
    /// </summary>
    public const int MaxRows = 1_000_000;

    /// <inheritdoc cref="MaxRows"/>
    public const long MaxBytes = 200L << 20;

    /// <summary>The default of <c>max_partitions_per_insert_block</c>, where a partition is a day.</summary>
    public const int MaxDays = 100;

    private readonly List<InsertPiece> _pieces = [];

    /// <param name="table">Where the rows go.</param>
    /// <param name="blocks">The rows; this takes ownership.</param>
    public TableInsert(ClickHouseTable table, IReadOnlyList<NativeBlock> blocks)
    {
        Table = table;
        var piece = new List<NativeBlock>();
        var days = new HashSet<int>();
        long rows = 0;
        long bytes = 0;
        foreach (var block in blocks.OrderBy(block => block.Day))
        {
            rows += block.RowCount;
            bytes += block.UncompressedBytes;
            days.Add(block.Day);
            if (piece.Count > 0 && (rows > MaxRows || bytes > MaxBytes || days.Count > MaxDays))
            {
                _pieces.Add(new InsertPiece(piece));
                (piece, days, rows, bytes) = ([], [block.Day], block.RowCount, block.UncompressedBytes);
            }

            piece.Add(block);
        }

        if (piece.Count > 0)
            _pieces.Add(new InsertPiece(piece));
    }

    public ClickHouseTable Table { get; }

    public IReadOnlyList<InsertPiece> Pieces => _pieces;

    public long RowsIn(InsertState state)
    {
        long rows = 0;
        foreach (var piece in _pieces)
            rows += piece.State == state ? piece.RowCount : 0;
        return rows;
    }

    /// <summary>
    /// Puts two halves, each with about half of the days, in the place of a piece; false when it may not or cannot be cut.
    /// </summary>
    public bool CutByDays(InsertPiece piece)
    {
        var days = piece.Blocks.Select(block => block.Day).Distinct().Order().ToArray();
        if (days.Length < 2)
            return false;
        var first = days[days.Length / 2];
        return Replace(piece, piece.Blocks.Where(block => block.Day < first), piece.Blocks.Where(block => block.Day >= first));
    }

    /// <summary>
    /// Puts two halves, each with about half of the blocks, in the place of a piece; false when it may not or cannot be cut.
    /// </summary>
    public bool CutByBlocks(InsertPiece piece)
    {
        if (piece.Blocks.Count < 2)
            return false;
        var half = piece.Blocks.Count / 2;
        return Replace(piece, piece.Blocks.Take(half), piece.Blocks.Skip(half));
    }

    public void Dispose()
    {
        foreach (var piece in _pieces)
            piece.Dispose();
    }

    /// <summary>A piece that the server may have is not cut: its parts would be strangers there, and their rows be doubled.</summary>
    private bool Replace(InsertPiece piece, IEnumerable<NativeBlock> first, IEnumerable<NativeBlock> second)
    {
        if (piece.OutcomeIsUnknown)
            return false;
        var index = _pieces.IndexOf(piece);
        _pieces[index] = new InsertPiece([.. first]);
        _pieces.Insert(index + 1, new InsertPiece([.. second]));
        return true;
    }
}
