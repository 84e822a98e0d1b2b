using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// Log records as requests to the logs intake, arrays in JSON, written straight from wire form within the intake's limits
/// (https://docs.datadoghq.com/api/latest/logs/#send-logs).
/// </summary>
internal sealed class LogEncoder : SignalEncoder
{
    /// <summary>Records of a request.</summary>
    public const int MaxRecords = 1000;

    /// <summary>Bytes of a request before compression.</summary>
    public const int MaxBodyBytes = 5_000_000;

    private const string TooMuch = "the records of a batch repeat attributes of their resource which together exceed the memory limit";

    private readonly ResourceCatalog _resources;
    private readonly LogRecordWriter _writer;
    private readonly PooledBytes _body;
    private readonly PooledBytes _next;
    private readonly long _maxBatchBytes;
    private int _records;

    /// <summary>Of the batch, before compression.</summary>
    private long _batchBytes;

    /// <param name="resources">Of the exporter.</param>
    /// <param name="pool">
    /// For what is being written. Every record repeats its resource: so that a small batch with one very large resource cannot keep the
    /// exporter busy for long, a batch is written up to the limit of the pool's budget, uncompressed.
    /// </param>
    public LogEncoder(ResourceCatalog resources, BufferPool pool)
    {
        _resources = resources;
        _writer = new LogRecordWriter(pool);
        _body = new PooledBytes(pool);
        _next = new PooledBytes(pool);
        _maxBatchBytes = pool.Budget.Limit;
    }

    public override void Append(OtlpPayload payload, PayloadSink sink)
    {
        foreach (var resource in new LogsReader(payload.Body.Span))
        {
            var attributes = resource.Resource;
            _writer.Enter(attributes.Attributes, _resources.Of(attributes));
            foreach (var scope in resource.Scopes)
            {
                _writer.Enter(scope.Scope);
                foreach (var record in scope.Items)
                    Append(record, sink);
            }
        }
    }

    public override void Close(PayloadSink sink)
    {
        CloseBody(sink);
        Abandon();
    }

    public override void Abandon()
    {
        _records = 0;
        _batchBytes = 0;
        _body.Release();
        _next.Release();
        _writer.Release();
    }

    public override void Dispose()
    {
        Abandon();
        _writer.Dispose();
        _body.Dispose();
        _next.Dispose();
    }

    private void Append(LogRecordReader record, PayloadSink sink)
    {
        if (_batchBytes + _writer.ContextBytes > _maxBatchBytes)
        {
            sink.Reject(1, TooMuch);
            return;
        }

        if (_records == MaxRecords)
            CloseBody(sink);
        var start = _body.Length;
        _body.WriteByte(_records == 0 ? (byte)'[' : (byte)',');
        if (!_writer.TryWrite(record, _body))
        {
            // It was written as far as it fitted, which took as long as if it had been sent.
            if (_writer.ContextBytes <= LogRecordWriter.MaxRecordBytes)
                _batchBytes += _writer.ContextBytes;
            _body.Length = start;
            sink.RejectOversized();
            return;
        }

        _batchBytes += _body.Length - start;
        if (_body.Length + "]"u8.Length > MaxBodyBytes)
            MoveToNext(start, sink);
        _records++;
    }

    /// <summary>Closes the request before the record that made it too large, with which the next one begins.</summary>
    private void MoveToNext(int start, PayloadSink sink)
    {
        _next.Clear();
        _next.Write(_body.Span[(start + 1)..]);
        _body.Length = start;
        CloseBody(sink);
        _body.WriteByte((byte)'[');
        _body.Write(_next.Span);
    }

    private void CloseBody(PayloadSink sink)
    {
        if (_records == 0)
            return;
        _body.WriteByte((byte)']');
        sink.Add(DatadogIntake.Logs, _body, _records);
        _body.Clear();
        _records = 0;
    }
}
