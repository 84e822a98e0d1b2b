using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Truncation;

/// <summary>
/// Cuts the texts of all values. It goes down every message that may hold a value and is longer than a text may be: nothing shorter can
/// hold one that is too long, and so nearly all of a body is only stepped over.
/// </summary>
/// <remarks>
/// Edits follow the bytes, and a text that is overridden by a later one may as well be cut: no shape needs the normal form.
/// </remarks>
internal sealed class TruncateEditor(int maxBytes) : BodyEditor
{
    private const byte StringTag = (CommonFields.AnyValue.StringValue << 3) | WireTag.Len;

    public override EditLevels Levels => EditLevels.Resource | EditLevels.Scope | EditLevels.Metric | EditLevels.Item;

    public override void EditResource(ref BodyWalk walk)
    {
        if (walk.Resource.IsThere)
            Enter(ref walk, OtlpContent.Resource, walk.Resource);
    }

    public override void EditScope(ref BodyWalk walk)
    {
        if (walk.Scope.IsThere)
            Enter(ref walk, OtlpContent.Scope, walk.Scope);
    }

    /// <summary>The walk goes into the data itself; what is left of a metric is its metadata.</summary>
    public override void EditMetricAfterPoints(ref BodyWalk walk) => Fields(ref walk, OtlpContent.Metric, walk.Metric);

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        var content = walk.Signal switch
        {
            OtlpSignal.Traces => OtlpContent.Span,
            OtlpSignal.Logs => OtlpContent.LogRecord,
            _ => walk.MetricData switch
            {
                MetricFields.Metric.Histogram => OtlpContent.HistogramPoint,
                MetricFields.Metric.ExponentialHistogram => OtlpContent.ExponentialHistogramPoint,
                MetricFields.Metric.Summary => OtlpContent.SummaryPoint,
                _ => OtlpContent.NumberPoint,
            },
        };
        Fields(ref walk, content, item);
        return true;
    }

    private void Enter(ref BodyWalk walk, OtlpContent content, MessageAt message)
    {
        walk.Rewrite.Enter(message.Tag, message.FieldStart, message.Start, message.End);
        Fields(ref walk, content, message);
        walk.Rewrite.Exit();
    }

    private void Fields(ref BodyWalk walk, OtlpContent content, MessageAt message)
    {
        if (message.End - message.Start <= maxBytes)
            return;
        var contents = OtlpSchema.FieldsOf(content);
        var reader = new WireReader(walk.Body[..message.End]) { Position = message.Start };
        var start = message.Start;
        while (reader.TryReadTag(out uint tag))
        {
            if ((tag & 7) != WireTag.Len)
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                var field = tag >> 3;
                if (length > maxBytes && field <= OtlpSchema.MaxField)
                    Long(ref walk, content, (OtlpContent)contents[(int)field], new MessageAt((byte)tag, start, reader.Position - length, reader.Position));
            }

            start = reader.Position;
        }
    }

    private void Long(ref BodyWalk walk, OtlpContent parent, OtlpContent content, MessageAt field)
    {
        if (content == OtlpContent.String && parent == OtlpContent.AnyValue)
            Cut(ref walk, field);
        else if (MayHoldValues(content))
            Enter(ref walk, content, field);
    }

    /// <summary>What can be longer than a text may be because of a value in it. The data of a metric is the walk's.</summary>
    private static bool MayHoldValues(OtlpContent content) => content is OtlpContent.KeyValue or OtlpContent.AnyValue or OtlpContent.ArrayValue
        or OtlpContent.KeyValueList or OtlpContent.Event or OtlpContent.Link or OtlpContent.Exemplar;

    private void Cut(ref BodyWalk walk, MessageAt field)
    {
        var text = field.In(walk.Body);
        var length = maxBytes;

        // Back to the beginning of a character, which in UTF-8 is at most three bytes away.
        for (var back = 0; back < 3 && length > 0 && (text[length] & 0xC0) == 0x80; back++)
            length--;

        Span<byte> header = stackalloc byte[1 + WireFormat.MaxVarintLength];
        header[0] = StringTag;
        walk.Rewrite.Replace(field.FieldStart, field.End, header[..(1 + WireFormat.WriteVarint(header[1..], (uint)length))]);
        walk.Rewrite.Insert(field.End, text[..length]);
    }
}
