using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Logs as blocks of their one table.</summary>
internal sealed class LogBlocks : SignalBlocks
{
    private readonly DayRows<LogRows> _records;

    public LogBlocks(ColumnFactory columns, BlockFrames frames, long maxBytes)
        : base(frames, maxBytes) => _records = new DayRows<LogRows>(() => new LogRows(columns), this);

    public override void Append(ReadOnlySpan<byte> body, bool isCanonical)
    {
        var context = new ItemContext(Numbers);
        foreach (var resource in new LogsReader(body))
        {
            context.Enter(resource);
            foreach (var scope in resource.Scopes)
            {
                context.Enter(scope);
                for (var records = scope.Items.GetEnumerator(); records.MoveNext();)
                {
                    var record = records.Current;
                    var bytes = TableRows.BytesOf(context, records.Length, elements: 0);
                    if (TakeRoom(bytes))
                        _records.Of(LogRows.DayOf(record)).Append(record, context, bytes);
                }
            }
        }
    }

    protected override void CloseRows() => _records.Close();

    protected override void ReleaseRows() => _records.Release();
}
