using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Renaming;

/// <summary>Gives spans or metrics, whichever it is made for, the names that its rules say.</summary>
internal sealed class RenameEditor(NameRules rules) : BodyEditor
{
    private const byte SpanNameTag = (TraceFields.Span.Name << 3) | WireTag.Len;
    private const byte MetricNameTag = (MetricFields.Metric.Name << 3) | WireTag.Len;

    public override EditLevels Levels => EditLevels.Item | EditLevels.Metric;

    public override bool EditMetric(ref BodyWalk walk)
    {
        Rename(ref walk, walk.Metric, MetricNameTag);
        return true;
    }

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        if (walk.Signal == OtlpSignal.Traces)
            Rename(ref walk, item, SpanNameTag);
        return true;
    }

    private void Rename(ref BodyWalk walk, MessageAt message, byte nameTag)
    {
        var name = MessageAt.None;
        var reader = new WireReader(walk.Body[..message.End]) { Position = message.Start };
        var start = message.Start;
        while (reader.TryReadTag(out uint tag))
        {
            if (tag != nameTag)
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                if (name.IsThere)
                {
                    walk.AskForNormalForm();
                    return;
                }

                name = new MessageAt(nameTag, start, reader.Position - length, reader.Position);
            }

            start = reader.Position;
        }

        if (!name.IsThere || rules.Find(name.In(walk.Body), walk.Scratch) is not { } renamed)
            return;
        Span<byte> header = stackalloc byte[1 + WireFormat.MaxVarintLength];
        header[0] = nameTag;
        walk.Rewrite.Replace(name.FieldStart, name.End, header[..(1 + WireFormat.WriteVarint(header[1..], (uint)renamed.Length))]);
        walk.Rewrite.Insert(name.End, renamed);
    }
}
