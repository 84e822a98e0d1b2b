using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Traces as blocks of their one table.</summary>
internal sealed class SpanBlocks : SignalBlocks
{
    private readonly DayRows<SpanRows> _spans;

    public SpanBlocks(ColumnFactory columns, BlockFrames frames, long maxBytes)
        : base(frames, maxBytes) => _spans = new DayRows<SpanRows>(() => new SpanRows(columns), this);

    public override void Append(ReadOnlySpan<byte> body)
    {
        var context = new ItemContext(Numbers);
        foreach (var resource in new TracesReader(body))
        {
            context.Enter(resource);
            foreach (var scope in resource.Scopes)
            {
                context.Enter(scope);
                for (var spans = scope.Items.GetEnumerator(); spans.MoveNext();)
                {
                    if (IsOverLimit)
                    {
                        Skip(1);
                        continue;
                    }

                    var span = spans.Current;
                    _spans.Of(SpanRows.DayOf(span)).Append(span, context, spans.Length);
                }
            }
        }
    }

    protected override void CloseRows() => _spans.Close();

    protected override void ReleaseRows() => _spans.Release();
}
