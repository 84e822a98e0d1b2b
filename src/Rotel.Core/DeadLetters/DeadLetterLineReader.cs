using Rotel.Memory;

namespace Rotel.DeadLetters;

/// <summary>Reads a file line by line, whatever is in it, in the memory that its longest line takes; the budget bounds that, too.</summary>
internal sealed class DeadLetterLineReader : IDisposable
{
    private const int FirstBlock = 64 * 1024;

    private readonly Stream _file;
    private readonly BufferPool _pool;
    private readonly int _maxLength;
    private PooledBuffer _buffer;
    private int _begin;
    private int _end;
    private int _next;
    private int _filled;
    private long _discarded;

    /// <param name="file">Where it stands; its owner's.</param>
    /// <param name="pool">For the buffer.</param>
    public DeadLetterLineReader(Stream file, BufferPool pool)
    {
        _file = file;
        _pool = pool;
        _maxLength = (int)Math.Min(pool.Budget.Limit, Array.MaxLength);
        _buffer = pool.RentOverdraft(FirstBlock);
    }

    /// <summary>Where the line begins in the file.</summary>
    public long Start { get; private set; }

    /// <summary>Where the next line begins.</summary>
    public long End { get; private set; }

    /// <summary>The number of the line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the line is longer than the memory budget and was passed over.</summary>
    public bool IsTooLong => _discarded > 0;

    /// <summary>The line without its end; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Line => _buffer.Span[_begin.._end];

    public bool MoveNext()
    {
        _begin = _next;
        _discarded = 0;
        Start = End;
        Number++;
        var searched = _begin;
        while (true)
        {
            var at = _buffer.Span[searched.._filled].IndexOf((byte)'\n');
            if (at >= 0)
            {
                _end = searched + at;
                _next = _end + 1;
                break;
            }

            var read = Fill();
            searched = _filled - read;
            if (read == 0)
            {
                _end = _next = _filled;
                break;
            }
        }

        End = Start + _discarded + _next - _begin;
        return End > Start;
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Reads more behind what is there of the line; returns how much, none at the end of the file.</summary>
    private int Fill()
    {
        if (_begin > 0)
        {
            _buffer.Span[_begin.._filled].CopyTo(_buffer.Span);
            _filled -= _begin;
            _begin = 0;
        }

        if (_filled == _buffer.Capacity)
        {
            if (_filled < _maxLength)
            {
                Grow();
            }
            else
            {
                _discarded += _filled;
                _filled = 0;
            }
        }

        var read = _file.Read(_buffer.Span[_filled..]);
        _filled += read;
        return read;
    }

    private void Grow()
    {
        var larger = _pool.RentOverdraft((int)Math.Min(2L * _buffer.Capacity, Array.MaxLength));
        _buffer.Span[.._filled].CopyTo(larger.Span);
        _buffer.Dispose();
        _buffer = larger;
    }
}
