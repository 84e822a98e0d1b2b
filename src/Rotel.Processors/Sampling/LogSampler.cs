using System.IO.Hashing;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Sampling;

/// <summary>
/// Keeps log records by the randomness of their trace, or else by a hash of their own, at the percentage of their severity, and writes into
/// an attribute at which threshold.
/// </summary>
internal sealed class LogSampler : BodyEditor
{
    private const uint SeverityTag = ((uint)LogFields.LogRecord.SeverityNumber << 3) | (uint)WireType.Varint;
    private const uint AttributeTag = ((uint)LogFields.LogRecord.Attributes << 3) | (uint)WireType.LengthDelimited;
    private const uint TraceIdTag = ((uint)LogFields.LogRecord.TraceId << 3) | (uint)WireType.LengthDelimited;
    private const uint KeyTag = ((uint)CommonFields.KeyValue.Key << 3) | (uint)WireType.LengthDelimited;
    private const uint ValueTag = ((uint)CommonFields.KeyValue.Value << 3) | (uint)WireType.LengthDelimited;
    private const uint StringTag = ((uint)CommonFields.AnyValue.StringValue << 3) | (uint)WireType.LengthDelimited;

    private readonly SamplingStage[] _stages;
    private readonly bool _hashRecords;
    private readonly bool _failClosed;

    /// <param name="stages">One for each severity number from 0 on; the first also for numbers that are none.</param>
    /// <param name="hashRecords">Whether a record without a trace id is sampled by a hash of it.</param>
    /// <param name="failClosed">Whether it is dropped otherwise.</param>
    public LogSampler(SamplingStage[] stages, bool hashRecords, bool failClosed)
    {
        _stages = stages;
        _hashRecords = hashRecords;
        _failClosed = failClosed;
    }

    public override EditLevels Levels => EditLevels.Item;

    public override ProcessorLossReason LossReason => ProcessorLossReason.SampledOut;

    private static ReadOnlySpan<byte> ThresholdKey => "sampling.threshold"u8;

    private static ReadOnlySpan<byte> RandomnessKey => "sampling.randomness"u8;

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        if (!TryRead(ref walk, item, out var record))
            return true;
        var stage = _stages[record.Severity < (ulong)_stages.Length ? (int)record.Severity : 0];
        if (stage.KeepsAll)
            return true;

        var isHashed = false;
        if (!record.Randomness.TryGet(record.TraceId, out var randomness))
        {
            if (!_hashRecords)
                return !_failClosed && stage.Threshold is not null;
            isHashed = true;
            randomness = XxHash3.HashToUInt64(item.In(walk.Body)) & SamplingRandomness.Mask;
        }

        var decision = stage.Decide(randomness, record.Threshold);
        if (decision.Outcome == SamplingOutcome.Drop)
            return false;
        if (decision.Outcome != SamplingOutcome.KeepAsItIs || isHashed)
            Write(ref walk, item, decision, record.Randomness.IsInvalid, isHashed ? randomness : null);
        return true;
    }

    /// <summary>False when the walk ends because a value of interest is given in pieces.</summary>
    private static bool TryRead(ref BodyWalk walk, MessageAt item, out RecordParts record)
    {
        record = default;
        var reader = new WireReader(item.In(walk.Body));
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case SeverityTag:
                    record.Severity = (uint)reader.ReadInt32();
                    break;
                case TraceIdTag:
                    record.TraceId = reader.ReadBytes();
                    break;
                case AttributeTag:
                    if (!TryReadAttribute(reader.ReadBytes(), ref record))
                    {
                        walk.AskForNormalForm();
                        return false;
                    }

                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return true;
    }

    private static bool TryReadAttribute(ReadOnlySpan<byte> pair, ref RecordParts record)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        var values = 0;
        var reader = new WireReader(pair);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == KeyTag)
            {
                key = reader.ReadBytes();
            }
            else if (tag == ValueTag)
            {
                value = reader.ReadBytes();
                values++;
            }
            else
            {
                reader.Skip(tag);
            }
        }

        if (key.SequenceEqual(ThresholdKey))
            record.Threshold.Add(Text(value));
        else if (key.SequenceEqual(RandomnessKey))
            record.Randomness.Add(Text(value));
        else
            return true;
        return values <= 1;
    }

    /// <summary>The string that an AnyValue holds; empty where it holds something else.</summary>
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> anyValue)
    {
        ReadOnlySpan<byte> text = default;
        var reader = new WireReader(anyValue);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == StringTag)
            {
                text = reader.ReadBytes();
                continue;
            }

            // The last of the kinds counts.
            reader.Skip(tag);
            if (tag >> 3 is >= CommonFields.AnyValue.BoolValue and <= CommonFields.AnyValue.StringValueStrindex)
                text = default;
        }

        return text;
    }

    private static void Write(ref BodyWalk walk, MessageAt item, SamplingDecision decision, bool isRandomnessInvalid, ulong? randomness)
    {
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(item.Start, item.End, LogFields.LogRecord.Attributes, SamplingKeys.Instance))
        {
            walk.AskForNormalForm();
            return;
        }

        Span<byte> digits = stackalloc byte[SamplingThreshold.MaxDigits];
        if (decision.Outcome == SamplingOutcome.KeepAt)
            Set(ref edit, ThresholdKey, digits[..decision.Threshold.Write(digits)]);
        else if (decision.Outcome == SamplingOutcome.KeepWithout)
            Set(ref edit, ThresholdKey, default);
        if (randomness is { } hash)
            Set(ref edit, RandomnessKey, digits[..SamplingRandomness.Write(hash, digits)]);
        else if (isRandomnessInvalid)
            Set(ref edit, RandomnessKey, default);
        edit.WriteTo(ref walk.Rewrite);
    }

    /// <summary>Sets an attribute to a text, or removes it where that is empty; another of its key goes.</summary>
    private static void Set(ref AttributeEdit edit, ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> text)
    {
        var index = edit.Find(key);
        if (index < 0)
        {
            if (!text.IsEmpty)
                edit.AddString(key, text);
            return;
        }

        if (text.IsEmpty)
            edit.Remove(index);
        else
            edit.SetString(index, text);
        for (var other = index + 1; other < edit.Count; other++)
        {
            if (!edit.IsRemoved(other) && edit.Key(other).SequenceEqual(key))
                edit.Remove(other);
        }
    }

    private sealed class SamplingKeys : IKeyInterest
    {
        public static SamplingKeys Instance { get; } = new();

        public bool Concerns(ReadOnlySpan<byte> key, EditScratch scratch) => key.SequenceEqual(ThresholdKey) || key.SequenceEqual(RandomnessKey);
    }

    private ref struct RecordParts
    {
        public ulong Severity;
        public ReadOnlySpan<byte> TraceId;
        public IncomingThreshold Threshold;
        public IncomingRandomness Randomness;
    }
}
