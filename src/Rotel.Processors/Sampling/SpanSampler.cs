using Rotel.Memory;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Sampling;

/// <summary>Keeps spans by the randomness of their trace, and writes into their trace state at which threshold.</summary>
internal sealed class SpanSampler : BodyEditor
{
    private const uint TraceIdTag = ((uint)TraceFields.Span.TraceId << 3) | (uint)WireType.LengthDelimited;
    private const byte TraceStateTag = (TraceFields.Span.TraceState << 3) | (int)WireType.LengthDelimited;

    /// <summary>For the tag and the length of a field whose content is not yet known.</summary>
    private const int HeaderRoom = 1 + 5;

    private readonly SamplingStage _stage;
    private readonly bool _failClosed;

    // What most kept spans get: those that came without a trace state.
    private readonly byte[] _newTraceState;

    public SpanSampler(SamplingStage stage, bool failClosed)
    {
        _stage = stage;
        _failClosed = failClosed;
        Span<byte> digits = stackalloc byte[SamplingThreshold.MaxDigits];
        var length = (stage.Threshold ?? SamplingThreshold.Zero).Write(digits);
        var text = "ot=th:"u8;
        _newTraceState = [TraceStateTag, (byte)(text.Length + length), .. text, .. digits[..length]];
    }

    public override EditLevels Levels => EditLevels.Item;

    public override ProcessorLossReason LossReason => ProcessorLossReason.SampledOut;

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        if (!TryRead(ref walk, item, out var span))
            return true;

        var state = new OtelTraceState(span.TraceState);
        if (!state.Randomness.TryGet(span.TraceId, out var randomness))
            return !_failClosed && _stage.Threshold is not null;

        var decision = _stage.Decide(randomness, state.Threshold);
        if (decision.Outcome == SamplingOutcome.Drop)
            return false;
        if (decision.Outcome == SamplingOutcome.KeepAsItIs)
            return true;

        if (span.StateEnd == 0)
        {
            // It came without a threshold, so it gets this sampler's own.
            walk.Rewrite.Insert(span.InsertAt, _newTraceState);
            return true;
        }

        var field = Write(state, decision, walk.Scratch.Text);
        if (field.IsEmpty)
            walk.Rewrite.Remove(span.StateStart, span.StateEnd);
        else
            walk.Rewrite.Replace(span.StateStart, span.StateEnd, field);
        return true;
    }

    /// <summary>False when the walk ends because the trace state is given more than once.</summary>
    private static bool TryRead(ref BodyWalk walk, MessageAt item, out SpanParts span)
    {
        span = new SpanParts { InsertAt = item.End };
        var hasHigher = false;
        var start = item.Start;
        var reader = new WireReader(walk.Body[..item.End]) { Position = start };
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case TraceIdTag:
                    span.TraceId = reader.ReadBytes();
                    break;
                case TraceStateTag:
                    if (span.StateEnd > 0)
                    {
                        walk.AskForNormalForm();
                        return false;
                    }

                    span.TraceState = reader.ReadBytes();
                    span.StateStart = start;
                    span.StateEnd = reader.Position;
                    break;
                default:
                    reader.Skip(tag);
                    if (!hasHigher && tag >> 3 > TraceFields.Span.TraceState)
                    {
                        hasHigher = true;
                        span.InsertAt = start;
                    }

                    break;
            }

            start = reader.Position;
        }

        return true;
    }

    /// <summary>The whole field, in the scratch; empty when nothing is left of the state.</summary>
    private static ReadOnlySpan<byte> Write(in OtelTraceState state, SamplingDecision decision, PooledBytes text)
    {
        text.Clear();
        text.Append(HeaderRoom);
        state.Write(decision.Outcome == SamplingOutcome.KeepAt ? decision.Threshold : null, text);
        var length = text.Length - HeaderRoom;
        if (length == 0)
            return default;

        var start = HeaderRoom - 1 - WireFormat.VarintLength((uint)length);
        var field = text.WrittenFrom(start);
        field[0] = TraceStateTag;
        WireFormat.WriteVarint(field[1..], (uint)length);
        return field;
    }

    private ref struct SpanParts
    {
        public ReadOnlySpan<byte> TraceId;
        public ReadOnlySpan<byte> TraceState;

        // The field of the trace state; both 0 where there is none.
        public int StateStart;
        public int StateEnd;

        // Where one goes that is not there.
        public int InsertAt;
    }
}
