using System.IO.Hashing;
using System.Text;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse;

/// <summary>
/// What is sent as one insert, and its own unit of retry. The same rows always have the same token, by which the server knows them again.
/// </summary>
/// <param name="blocks">The rows; this takes ownership.</param>
internal sealed class InsertPiece(IReadOnlyList<NativeBlock> blocks) : IDisposable
{
    private string? _token;
    private string? _tokenTable;
    private bool _disposed;

    public IReadOnlyList<NativeBlock> Blocks => blocks;

    public long RowCount { get; } = blocks.Sum(block => (long)block.RowCount);

    public InsertState State { get; private set; }

    /// <summary>
    /// Once an attempt may have reached the server without an answer: from then on the piece is sent as it is, to the
    /// same host, until it is known what became of it.
    /// </summary>
    public bool OutcomeIsUnknown { get; private set; }

    /// <summary>Who may have the rows; null while nobody can.</summary>
    public ClickHouseHost? Host { get; private set; }

    /// <summary>How often in a row <see cref="Host"/> could not be connected to.</summary>
    public int Refusals { get; set; }

    /// <summary>Why it was rejected; null otherwise.</summary>
    public string? Message { get; private set; }

    /// <summary>
    /// The deduplication token: a hash of the qualified table name and of the bytes of all rows, whichever columns are sent.
    /// </summary>
    public string Token(string qualifiedTable)
    {
        if (_token is not null && _tokenTable == qualifiedTable)
            return _token;

        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes(qualifiedTable));
        foreach (var block in blocks)
        {
            Append(hash, block.Body);
            foreach (var column in block.Optional)
                Append(hash, column.Body);
        }

        Span<byte> bytes = stackalloc byte[16];
        hash.GetHashAndReset(bytes);
        _tokenTable = qualifiedTable;
        return _token = Convert.ToHexStringLower(bytes);
    }

    /// <summary>The bytes of the insert, in order; they stay the blocks'.</summary>
    /// <param name="sends">Which optional columns are sent.</param>
    public List<ReadOnlyMemory<byte>> Segments(Func<string, bool> sends)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        foreach (var block in blocks)
        {
            segments.Add(block.Header(block.Optional.Count(column => sends(column.Name))));
            block.Body.AddTo(segments);
            foreach (var column in block.Optional)
            {
                if (sends(column.Name))
                    column.Body.AddTo(segments);
            }
        }

        return segments;
    }

    public void MayBeAt(ClickHouseHost host)
    {
        OutcomeIsUnknown = true;
        Host = host;
        Refusals = 0;
    }

    /// <summary>The host the rows may be at is gone; another one may have them all the same, where they share their data.</summary>
    public void LeaveHost() => Host = null;

    public void Deliver()
    {
        State = InsertState.Delivered;
        Dispose();
    }

    public void Reject(string message)
    {
        State = InsertState.Rejected;
        Message = message;
        Dispose();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var block in blocks)
            block.Dispose();
    }

    private static void Append(XxHash128 hash, PooledSegments segments)
    {
        for (var i = 0; i < segments.SegmentCount; i++)
            hash.Append(segments[i].Span);
    }
}
