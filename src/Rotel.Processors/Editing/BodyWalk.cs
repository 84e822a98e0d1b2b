using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Editing;

/// <summary>
/// One walk of an editor over a canonical body: request, ResourceX, ScopeX, item, and for metrics their data and points. Metrics and
/// envelopes that lose all they hold go with it; those that came without stay.
/// </summary>
internal ref struct BodyWalk
{
    private const byte FirstField = (1 << 3) | (int)WireType.LengthDelimited;
    private const byte SecondField = (2 << 3) | (int)WireType.LengthDelimited;

    /// <summary>Where edits are written to.</summary>
    public WireRewrite Rewrite;

    private readonly BodyEditor _editor;
    private readonly EditLevels _levels;
    private bool _wantsNormalForm;

    public BodyWalk(OtlpSignal signal, ReadOnlySpan<byte> body, BodyEditor editor, EditScratch scratch)
    {
        Signal = signal;
        Body = body;
        Scratch = scratch;
        Rewrite = new WireRewrite(body, scratch.Output, scratch.Frames);
        _editor = editor;
        _levels = editor.Levels;
    }

    public OtlpSignal Signal { get; }

    public ReadOnlySpan<byte> Body { get; }

    public EditScratch Scratch { get; }

    /// <summary>The resource of what is being looked at.</summary>
    public MessageAt Resource { get; private set; }

    /// <summary>Where in the ResourceX a resource goes that is not there.</summary>
    public int ResourceInsertAt { get; private set; }

    /// <summary>The scope of what is being looked at.</summary>
    public MessageAt Scope { get; private set; }

    /// <summary>Where in the ScopeX a scope goes that is not there.</summary>
    public int ScopeInsertAt { get; private set; }

    /// <summary>The metric of the point being looked at.</summary>
    public MessageAt Metric { get; private set; }

    /// <summary>Which of its data a metric has: the field number in the metric (5 gauge, 7 sum, 9, 10, 11); 0 for none.</summary>
    public int MetricData { get; private set; }

    /// <summary>The number of the field that holds the attributes of the item being looked at.</summary>
    public readonly int ItemAttributes => Signal switch
    {
        OtlpSignal.Traces => TraceFields.Span.Attributes,
        OtlpSignal.Logs => LogFields.LogRecord.Attributes,
        _ => MetricData switch
        {
            MetricFields.Metric.Histogram => MetricFields.HistogramDataPoint.Attributes,
            MetricFields.Metric.ExponentialHistogram => MetricFields.ExponentialHistogramDataPoint.Attributes,
            MetricFields.Metric.Summary => MetricFields.SummaryDataPoint.Attributes,
            _ => MetricFields.NumberDataPoint.Attributes,
        },
    };

    /// <summary>Items left out so far.</summary>
    public int RemovedItems { get; private set; }

    /// <summary>
    /// Whether the walk ended because a message has a shape that the editor does not handle, or fields in an order in which it cannot edit
    /// them.
    /// </summary>
    public readonly bool NeedsNormalForm => _wantsNormalForm || Rewrite.IsOutOfOrder;

    /// <summary>Ends the walk; the body is brought into normal form and walked again.</summary>
    public void AskForNormalForm() => _wantsNormalForm = true;

    /// <summary>Walks the whole body; afterwards the rewrite wants to be finished if <see cref="WireRewrite.IsChanged"/>.</summary>
    public void Run()
    {
        var reader = new WireReader(Body);
        var start = 0;
        while (!NeedsNormalForm && reader.TryReadTag(out uint tag))
        {
            if (tag != FirstField)
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                ResourceEnvelope(new MessageAt(FirstField, start, reader.Position - length, reader.Position));
            }

            start = reader.Position;
        }
    }

    private void ResourceEnvelope(MessageAt envelope)
    {
        var (removed, kept) = (0, 0);
        Enter(envelope);
        Resource = First(envelope, out var childrenStart);
        ResourceInsertAt = envelope.Start;
        if ((_levels & EditLevels.Resource) != 0)
            _editor.EditResource(ref this);
        if ((_levels & ~EditLevels.Resource) != 0)
        {
            var reader = new WireReader(Body[..envelope.End]) { Position = childrenStart };
            var start = childrenStart;
            while (!NeedsNormalForm && reader.TryReadTag(out uint tag))
            {
                if (tag != SecondField)
                {
                    reader.Skip(tag);
                }
                else
                {
                    var length = reader.ReadBytes().Length;
                    if (ScopeEnvelope(new MessageAt(SecondField, start, reader.Position - length, reader.Position)))
                        kept++;
                    else
                        removed++;
                }

                start = reader.Position;
            }
        }

        Exit(isEmptied: kept == 0 && removed > 0);
    }

    /// <returns>Whether the envelope is still there.</returns>
    private bool ScopeEnvelope(MessageAt envelope)
    {
        var (removed, kept) = (0, 0);
        Enter(envelope);
        Scope = First(envelope, out var childrenStart);
        ScopeInsertAt = envelope.Start;
        if ((_levels & EditLevels.Scope) != 0)
            _editor.EditScope(ref this);
        if ((_levels & (EditLevels.Item | EditLevels.Metric)) != 0)
        {
            var reader = new WireReader(Body[..envelope.End]) { Position = childrenStart };
            var start = childrenStart;
            while (!NeedsNormalForm && reader.TryReadTag(out uint tag))
            {
                if (tag != SecondField)
                {
                    reader.Skip(tag);
                }
                else
                {
                    var length = reader.ReadBytes().Length;
                    var message = new MessageAt(SecondField, start, reader.Position - length, reader.Position);
                    if (Signal == OtlpSignal.Metrics ? MetricMessage(message) : Item(message))
                        kept++;
                    else
                        removed++;
                }

                start = reader.Position;
            }
        }

        var isEmptied = kept == 0 && removed > 0;
        Exit(isEmptied);
        return !isEmptied;
    }

    private bool MetricMessage(MessageAt metric)
    {
        Metric = metric;
        var data = Data(metric);
        MetricData = data.Tag >> 3;
        Enter(metric);
        if ((_levels & EditLevels.Metric) != 0 && !_editor.EditMetric(ref this))
        {
            if (!NeedsNormalForm)
                RemovedItems += PointsIn(data);
            Exit(isEmptied: true);
            return false;
        }

        var isEmptied = data.IsThere && (_levels & EditLevels.Item) != 0 && !NeedsNormalForm && !Points(data);
        if (!isEmptied && (_levels & EditLevels.Metric) != 0 && !NeedsNormalForm)
            _editor.EditMetricAfterPoints(ref this);
        Exit(isEmptied);
        return !isEmptied;
    }

    /// <returns>Whether any point is left, or none was there.</returns>
    private bool Points(MessageAt data)
    {
        var (removed, kept) = (0, 0);
        Enter(data);
        var reader = new WireReader(Body[..data.End]) { Position = data.Start };
        var start = data.Start;
        while (!NeedsNormalForm && reader.TryReadTag(out uint tag))
        {
            if (tag != FirstField)
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                if (Item(new MessageAt(FirstField, start, reader.Position - length, reader.Position)))
                    kept++;
                else
                    removed++;
            }

            start = reader.Position;
        }

        Exit(isEmptied: false);
        return kept > 0 || removed == 0;
    }

    private bool Item(MessageAt item)
    {
        Enter(item);
        var stays = _editor.EditItem(ref this, item);
        Exit(isEmptied: !stays);
        if (!stays)
            RemovedItems++;
        return stays;
    }

    /// <summary>The first field of a canonical envelope: its resource or scope; and where what follows begins.</summary>
    private readonly MessageAt First(MessageAt envelope, out int childrenStart)
    {
        childrenStart = envelope.Start;
        var reader = new WireReader(Body[..envelope.End]) { Position = envelope.Start };
        if (!reader.TryReadTag(out uint tag) || tag != FirstField)
            return MessageAt.None;
        var length = reader.ReadBytes().Length;
        childrenStart = reader.Position;
        return new MessageAt(FirstField, envelope.Start, childrenStart - length, childrenStart);
    }

    /// <summary>The data of a metric, of which a canonical body has one at most.</summary>
    private readonly MessageAt Data(MessageAt metric)
    {
        var reader = new WireReader(Body[..metric.End]) { Position = metric.Start };
        var start = metric.Start;
        while (reader.TryReadTag(out uint tag))
        {
            if ((tag & 7) == (uint)WireType.LengthDelimited
                && (tag >> 3) is MetricFields.Metric.Gauge or MetricFields.Metric.Sum or MetricFields.Metric.Histogram
                    or MetricFields.Metric.ExponentialHistogram or MetricFields.Metric.Summary)
            {
                var length = reader.ReadBytes().Length;
                return new MessageAt((byte)tag, start, reader.Position - length, reader.Position);
            }

            reader.Skip(tag);
            start = reader.Position;
        }

        return MessageAt.None;
    }

    private readonly int PointsIn(MessageAt data)
    {
        var points = 0;
        if (!data.IsThere)
            return points;
        var reader = new WireReader(data.In(Body));
        while (reader.TryReadTag(out uint tag))
        {
            reader.Skip(tag);
            if (tag == FirstField)
                points++;
        }

        return points;
    }

    private void Enter(MessageAt message) => Rewrite.Enter(message.Tag, message.FieldStart, message.Start, message.End);

    private void Exit(bool isEmptied)
    {
        if (isEmptied)
            Rewrite.ExitRemoving();
        else
            Rewrite.Exit();
    }
}
