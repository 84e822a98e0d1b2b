using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CollectorFields.ScopeEnvelope;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Traces as blocks of their one table.</summary>
internal sealed class SpanBlocks : SignalBlocks
{
    private readonly DayRows<SpanRows> _spans;

    public SpanBlocks(ColumnFactory columns, BlockFrames frames, long maxBytes)
        : base(frames, maxBytes) => _spans = new DayRows<SpanRows>(() => new SpanRows(columns), this);

    public override void Append(ReadOnlySpan<byte> body, bool isCanonical)
    {
        var context = new ItemContext(Numbers);
        foreach (var resource in new TracesReader(body))
        {
            context.Enter(resource);
            if (isCanonical)
                AppendInOrder(resource.Scopes, ref context);
            else
                Append(resource.Scopes, ref context);
        }
    }

    protected override void CloseRows() => _spans.Close();

    protected override void ReleaseRows() => _spans.Release();

    private void Append(WireList<ScopeEnvelopeReader<SpanReader>> scopes, ref ItemContext context)
    {
        foreach (var scope in scopes)
        {
            context.Enter(scope);
            for (var spans = scope.Items.GetEnumerator(); spans.MoveNext();)
                Append(spans.Current, context, spans.Length);
        }
    }

    /// <summary>
    /// Takes scopes whose scope stands before their spans, without the scan that finds it: that steps from span to span, and waits for the
    /// memory of each (a sixth of the whole cost of encoding).
    /// </summary>
    private void AppendInOrder(WireList<ScopeEnvelopeReader<SpanReader>> scopes, ref ItemContext context)
    {
        for (var envelopes = new WireReader(scopes.Range); envelopes.TryReadTag(out uint tag);)
        {
            if (tag != scopes.Tag)
            {
                envelopes.Skip(tag);
                continue;
            }

            context.Enter(default(InstrumentationScopeReader));
            for (var scope = new WireReader(envelopes.ReadBytes()); scope.TryReadTag(out uint field);)
            {
                switch (field)
                {
                    case (F.Scope << 3) | Len:
                        context.Enter(InstrumentationScopeReader.Read(scope.ReadBytes()));
                        break;
                    case (F.Items << 3) | Len:
                        var span = scope.ReadBytes();
                        Append(SpanReader.Read(span), context, span.Length);
                        break;
                    default:
                        scope.Skip(field);
                        break;
                }
            }
        }
    }

    private void Append(SpanReader span, in ItemContext context, int spanBytes)
    {
        var bytes = SpanRows.BytesOf(span, context, spanBytes);
        if (TakeRoom(bytes))
            _spans.Of(SpanRows.DayOf(span)).Append(span, context, bytes);
    }
}
