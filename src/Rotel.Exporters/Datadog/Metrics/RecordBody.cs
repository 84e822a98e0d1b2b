using Rotel.Exporters.Datadog.Intake;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Requests to one intake of metrics, made of records: a series or a distribution, which is a head (name, tags, …) and its points. Points
/// that come one after another with the same head share a record; records that pass the limits begin another request.
/// </summary>
/// <param name="intake">Where requests go.</param>
/// <param name="limits">Of one request.</param>
/// <param name="pool">
/// Its budget is also the limit of what a batch may become: every point repeats the tags of its resource, and a small body with a very
/// large one and very many points would keep a core busy for minutes.
/// </param>
internal sealed class RecordBody(DatadogIntake intake, RecordLimits limits, BufferPool pool) : IDisposable
{
    /// <summary>The repeated field of both kinds of payload.</summary>
    private const int RecordField = 1;

    /// <summary>A record that large takes no more points: its head is a small part by then, and requests are cut at records.</summary>
    private const int MaxSharedBytes = 16 * 1024;

    private readonly PooledBytes _body = new(pool);
    private PooledBytes _open = new(pool);
    private PooledBytes _next = new(pool);
    private int _headLength;
    private int _openPoints;
    private int _openItems;
    private int _points;
    private int _items;
    private long _batchBytes;

    /// <summary>Whether the batch has become as much as it may. What comes now is left out, and best not written at all.</summary>
    public bool IsFull => _batchBytes > pool.Budget.Limit;

    /// <summary>Where the head of the next point's record is to be written.</summary>
    public PooledBytes BeginPoint()
    {
        _next.Clear();
        return _next;
    }

    /// <summary>After the head: where the point itself is to be written.</summary>
    public PooledBytes EndHead(PayloadSink sink)
    {
        if (_openPoints > 0 && _open.Length < MaxSharedBytes && _open.Span[.._headLength].SequenceEqual(_next.Span))
            return _open;

        CloseRecord(sink);
        (_open, _next) = (_next, _open);
        _headLength = _open.Length;
        return _open;
    }

    /// <summary>After the point.</summary>
    /// <param name="items">1 when the request's delivery settles an OTLP point, 0 for what comes beside it.</param>
    public void EndPoint(int items)
    {
        _openPoints++;
        _openItems += items;
    }

    /// <summary>Closes what is open into the sink and gives the buffers back.</summary>
    public void Close(PayloadSink sink)
    {
        CloseRecord(sink);
        CloseBody(sink);
        Abandon();
    }

    public void Abandon()
    {
        _open.Release();
        _next.Release();
        _body.Release();
        _openPoints = 0;
        _openItems = 0;
        _points = 0;
        _items = 0;
        _batchBytes = 0;
    }

    public void Dispose() => Abandon();

    private void CloseRecord(PayloadSink sink)
    {
        if (_openPoints == 0)
            return;

        var length = ProtoFields.LengthOfBytes(_open.Length);
        _batchBytes += length;
        if (length > limits.Bytes || IsFull)
        {
            sink.RejectOversized(_openItems);
        }
        else
        {
            if (_body.Length + length > limits.Bytes || _points + _openPoints > limits.Points)
                CloseBody(sink);
            ProtoFields.WriteBytes(_body, RecordField, _open.Span);
            _points += _openPoints;
            _items += _openItems;
        }

        _open.Clear();
        _openPoints = 0;
        _openItems = 0;
    }

    private void CloseBody(PayloadSink sink)
    {
        if (_body.IsEmpty)
            return;
        sink.Add(intake, _body, _items);
        _body.Clear();
        _points = 0;
        _items = 0;
    }
}
