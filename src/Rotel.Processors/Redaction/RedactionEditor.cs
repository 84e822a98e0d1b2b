using Rotel.Diagnostics;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Hides what the rules say in every list of attributes, in log bodies and in status messages, each field where it stands, in one walk.
/// </summary>
internal sealed class RedactionEditor : BodyEditor
{
    private const byte KeyTag = (1 << 3) | (int)WireType.LengthDelimited;
    private const byte ValueTag = (2 << 3) | (int)WireType.LengthDelimited;
    private const byte ElementTag = (1 << 3) | (int)WireType.LengthDelimited;

    private readonly RedactionRules _rules;
    private readonly ProcessorSetup _setup;
    private readonly OncePerInterval _lines;

    public RedactionEditor(RedactionRules rules, ProcessorSetup setup)
    {
        _rules = rules;
        _setup = setup;
        _lines = new OncePerInterval(setup.Time);
    }

    public override EditLevels Levels => EditLevels.Resource | EditLevels.Scope | EditLevels.Metric | EditLevels.Item;

    public override bool Hides => true;

    public override void EditResource(ref BodyWalk walk) => Envelope(ref walk, walk.Resource, RedactionShape.Resource);

    public override void EditScope(ref BodyWalk walk) => Envelope(ref walk, walk.Scope, RedactionShape.Scope);

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        Message(ref walk, StateOf(walk.Scratch), item.Start, item.End, RedactionShape.Item(walk.Signal, walk.MetricData));
        return true;
    }

    public override void EditMetricAfterPoints(ref BodyWalk walk) =>
        Message(ref walk, StateOf(walk.Scratch), walk.Metric.Start, walk.Metric.End, RedactionShape.Metric);

    private RedactionState StateOf(EditScratch scratch)
    {
        if (scratch.State is RedactionState state)
            return state;
        state = new RedactionState(_rules, _setup.Pool, _setup.Time, OnUndecided);
        scratch.State = state;
        return state;
    }

    private void OnUndecided()
    {
        if (_lines.TryTake(out var times))
            _setup.Logger.PatternsTookTooLong(_setup.Name, times);
    }

    private void Envelope(ref BodyWalk walk, MessageAt message, RedactionShape shape)
    {
        if (!message.IsThere)
            return;
        Enter(ref walk, message);
        Message(ref walk, StateOf(walk.Scratch), message.Start, message.End, shape);
        walk.Rewrite.Exit();
    }

    /// <summary>The walk is inside the message.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="state">Of the scratch.</param>
    /// <param name="start">Where the fields begin.</param>
    /// <param name="end">Where they end.</param>
    /// <param name="shape">What there is to redact.</param>
    private void Message(ref BodyWalk walk, RedactionState state, int start, int end, RedactionShape shape)
    {
        var tally = shape.Keys is null ? null : shape.IsChild ? state.ChildTally : state.Tally;
        tally?.Begin();
        if (shape.Body != 0)
            state.BodyTally?.Begin();
        var bodies = 0;
        var reader = new WireReader(walk.Body[..end]) { Position = start };
        var fieldStart = start;
        while (!walk.NeedsNormalForm && reader.TryReadTag(out uint tag))
        {
            if (tag == shape.Attributes)
            {
                var pair = reader.ReadBytes();
                if (tally is not null || !IsPlainAndClean(pair, state, walk.Scratch))
                {
                    var field = new MessageAt((byte)tag, fieldStart, reader.Position - pair.Length, reader.Position);
                    Attribute(ref walk, state, field, shape, tally);
                }
            }
            else if (!shape.Has(tag))
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                var field = new MessageAt((byte)tag, fieldStart, reader.Position - length, reader.Position);
                if (tag == shape.Text)
                    Text(ref walk, state, field);
                else if (tag == shape.Body && ++bodies > 1)
                    walk.AskForNormalForm();
                else if (tag == shape.Body)
                    Value(ref walk, state, field, new ValueContext(IsBody: true, 0, 0));
                else
                    Child(ref walk, state, tag, field, shape);
            }

            fieldStart = reader.Position;
        }

        if (walk.NeedsNormalForm || tally is null)
            return;
        tally.WriteTo(ref walk, shape.Keys!, shape.Attributes, end);
        if (shape.Body != 0)
            state.BodyTally!.WriteTo(ref walk, SummaryKeys.OfBody, shape.Attributes, end);
    }

    private void Child(ref BodyWalk walk, RedactionState state, uint tag, MessageAt field, RedactionShape shape)
    {
        foreach (var (childTag, child) in shape.Children)
        {
            if (tag != childTag)
                continue;
            Enter(ref walk, field);
            Message(ref walk, state, field.Start, field.End, child);
            walk.Rewrite.Exit();
            return;
        }
    }

    private static void Text(ref BodyWalk walk, RedactionState state, MessageAt text)
    {
        if (state.Judge(walk.Scratch, text.In(walk.Body)) == ValueVerdict.Blocked)
            walk.Rewrite.Replace(text.FieldStart, text.End, state.MaskParts(walk.Scratch, text.In(walk.Body), text.Tag));
    }

    /// <summary>
    /// Whether an attribute is what nearly every one is, a short key and a short text or a number, each once and in this order, and nothing
    /// is to be done about it.
    /// </summary>
    private static bool IsPlainAndClean(ReadOnlySpan<byte> pair, RedactionState state, EditScratch scratch)
    {
        if (pair.Length < 4 || pair[0] != KeyTag || pair[1] >= 0x80)
            return false;
        var valueStart = pair[1] + 4;
        if (valueStart >= pair.Length || pair[valueStart - 2] != ValueTag || pair[valueStart - 1] != pair.Length - valueStart)
            return false;

        // A length of a byte is below 0x80, so that the value is no longer than its length says.
        var value = pair[valueStart..];
        if (value.Length >= 0x80 || !state.KeepsKey(scratch, pair.Slice(2, pair[1])))
            return false;
        if (value.Length >= 2 && value[0] == AnyValueTags.String && value[1] == value.Length - 2)
            return state.Judge(scratch, value[2..]) == ValueVerdict.Clean;
        return value[0] is AnyValueTags.Int or AnyValueTags.Bool
            && value.Length >= 2
            && value[1..].IndexOfAnyInRange((byte)0, (byte)0x7F) == value.Length - 2;
    }

    private static void Attribute(ref BodyWalk walk, RedactionState state, MessageAt pair, RedactionShape shape, RedactionTally? tally)
    {
        if (!TryReadPair(ref walk, pair, out var key, out var value))
            return;
        var name = key.In(walk.Body);
        if (tally is not null && IsEarlierSummary(ref walk, state, pair, name, value, shape, tally))
        {
            walk.Rewrite.Remove(pair.FieldStart, pair.End);
            return;
        }

        var verdict = state.JudgeKey(walk.Scratch, name);
        switch (verdict)
        {
            case KeyVerdict.Ignored:
                tally?.Add(RedactionCategory.Ignored, name);
                return;
            case KeyVerdict.Deleted:
            case KeyVerdict.DeletedOrBlocked:
                tally?.Add(RedactionCategory.Deleted, name);
                walk.Rewrite.Remove(pair.FieldStart, pair.End);
                return;
            default:
                tally?.Add(RedactionCategory.Allowed, name);
                break;
        }

        if (!value.IsThere)
            return;
        Enter(ref walk, pair);
        var isMasked = verdict == KeyVerdict.Blocked
            ? Whole(ref walk, state, value)
            : Value(ref walk, state, value, new ValueContext(IsBody: false, key.Start, key.End));
        walk.Rewrite.Exit();
        if (isMasked)
            tally?.Add(RedactionCategory.Masked, name);
    }

    private static bool IsEarlierSummary(
        ref BodyWalk walk,
        RedactionState state,
        MessageAt pair,
        ReadOnlySpan<byte> name,
        MessageAt value,
        RedactionShape shape,
        RedactionTally tally)
    {
        if (!name.StartsWith("redaction."u8))
            return false;
        var content = MessageAt.None;
        if (value.IsThere && !TryReadValue(ref walk, value, out content))
            return false;

        // Anyone can send such a key: what stands there is looked at like any other value.
        if (content.Tag == AnyValueTags.String && state.Judge(walk.Scratch, content.In(walk.Body)) == ValueVerdict.Blocked)
            return false;
        return tally.TryTake(shape.Keys!, name, pair, content)
            || (shape.Body != 0 && state.BodyTally!.TryTake(SummaryKeys.OfBody, name, pair, content));
    }

    /// <summary>Masks a value for its key, whatever it is; the walk is in what holds it.</summary>
    private static bool Whole(ref BodyWalk walk, RedactionState state, MessageAt value)
    {
        if (!TryReadValue(ref walk, value, out var content) || !content.IsThere)
            return false;
        Enter(ref walk, value);
        var isText = content.Tag == AnyValueTags.String;
        walk.Rewrite.Replace(
            content.FieldStart,
            content.End,
            isText
                ? state.Masks.Write(walk.Scratch.New, content.In(walk.Body), AnyValueTags.String)
                : RedactionMasks.WritePlaceholder(walk.Scratch.New, AnyValueTags.String));
        walk.Rewrite.Exit();
        return true;
    }

    /// <summary>Looks at a value, and at those within it; the walk is in what holds it.</summary>
    /// <returns>Whether anything was masked.</returns>
    private static bool Value(ref BodyWalk walk, RedactionState state, MessageAt value, ValueContext context)
    {
        if (!TryReadValue(ref walk, value, out var content))
            return false;
        switch (content.Tag)
        {
            case AnyValueTags.String:
                return StringValue(ref walk, state, value, content, context);
            case AnyValueTags.Array:
            case AnyValueTags.KeyValueList:
                break;
            default:
                return false;
        }

        var isMasked = false;
        Enter(ref walk, value);
        Enter(ref walk, content);
        var reader = new WireReader(walk.Body[..content.End]) { Position = content.Start };
        var fieldStart = content.Start;
        while (!walk.NeedsNormalForm && reader.TryReadTag(out uint tag))
        {
            if (tag != ElementTag)
            {
                reader.Skip(tag);
            }
            else
            {
                var length = reader.ReadBytes().Length;
                var element = new MessageAt(ElementTag, fieldStart, reader.Position - length, reader.Position);
                isMasked |= content.Tag == AnyValueTags.Array
                    ? Value(ref walk, state, element, context)
                    : NestedPair(ref walk, state, element, context);
            }

            fieldStart = reader.Position;
        }

        walk.Rewrite.Exit();
        walk.Rewrite.Exit();
        return isMasked;
    }

    private static bool StringValue(ref BodyWalk walk, RedactionState state, MessageAt value, MessageAt content, ValueContext context)
    {
        var text = content.In(walk.Body);
        var verdict = state.Judge(walk.Scratch, text);
        if (verdict == ValueVerdict.Clean)
            return false;
        if (verdict == ValueVerdict.Allowed)
        {
            context.Add(ref walk, state, RedactionCategory.Allowed);
            return false;
        }

        Enter(ref walk, value);
        walk.Rewrite.Replace(
            content.FieldStart,
            content.End,
            context.IsBody ? state.MaskParts(walk.Scratch, text, content.Tag) : state.Masks.Write(walk.Scratch.New, text, content.Tag));
        walk.Rewrite.Exit();
        context.Add(ref walk, state, RedactionCategory.Masked);
        return true;
    }

    /// <summary>An entry of a map within a value. In log bodies they are deleted like attributes; in attributes they stay.</summary>
    private static bool NestedPair(ref BodyWalk walk, RedactionState state, MessageAt pair, ValueContext context)
    {
        if (!TryReadPair(ref walk, pair, out var key, out var value))
            return false;
        var verdict = state.JudgeKey(walk.Scratch, key.In(walk.Body));
        var inner = context with { KeyStart = key.Start, KeyEnd = key.End };
        if (verdict == KeyVerdict.Ignored)
        {
            inner.Add(ref walk, state, RedactionCategory.Ignored);
            return false;
        }

        if (context.IsBody && verdict is (KeyVerdict.Deleted or KeyVerdict.DeletedOrBlocked))
        {
            inner.Add(ref walk, state, RedactionCategory.Deleted);
            walk.Rewrite.Remove(pair.FieldStart, pair.End);
            return false;
        }

        if (!value.IsThere)
            return false;
        Enter(ref walk, pair);
        bool isMasked;
        if (verdict is KeyVerdict.Blocked or KeyVerdict.DeletedOrBlocked)
        {
            isMasked = Whole(ref walk, state, value);
            if (isMasked)
                inner.Add(ref walk, state, RedactionCategory.Masked);
        }
        else
        {
            isMasked = Value(ref walk, state, value, inner);
        }

        walk.Rewrite.Exit();
        return isMasked;
    }

    /// <summary>Finds key and value of a pair; false, and the normal form is asked for, when either is there more than once.</summary>
    private static bool TryReadPair(ref BodyWalk walk, MessageAt pair, out MessageAt key, out MessageAt value)
    {
        key = new MessageAt(KeyTag, pair.Start, pair.Start, pair.Start);
        value = MessageAt.None;
        var (keys, values) = (0, 0);
        var reader = new WireReader(walk.Body[..pair.End]) { Position = pair.Start };
        var fieldStart = pair.Start;
        while (reader.TryReadTag(out uint tag))
        {
            if (tag is KeyTag or ValueTag)
            {
                var length = reader.ReadBytes().Length;
                var field = new MessageAt((byte)tag, fieldStart, reader.Position - length, reader.Position);
                if (tag == KeyTag)
                    (key, keys) = (field, keys + 1);
                else
                    (value, values) = (field, values + 1);
            }
            else
            {
                reader.Skip(tag);
            }

            fieldStart = reader.Position;
        }

        if (keys <= 1 && values <= 1)
            return true;
        walk.AskForNormalForm();
        return false;
    }

    /// <summary>Finds what an AnyValue holds; false, and the normal form is asked for, when that is there more than once.</summary>
    private static bool TryReadValue(ref BodyWalk walk, MessageAt value, out MessageAt content)
    {
        content = MessageAt.None;
        var reader = new WireReader(walk.Body[..value.End]) { Position = value.Start };
        var fieldStart = value.Start;
        while (reader.TryReadTag(out uint tag))
        {
            if (tag is AnyValueTags.String or AnyValueTags.Array or AnyValueTags.KeyValueList or AnyValueTags.Bytes)
            {
                var length = reader.ReadBytes().Length;
                if (!IsFirst(ref walk, content))
                    return false;
                content = new MessageAt((byte)tag, fieldStart, reader.Position - length, reader.Position);
            }
            else
            {
                var start = reader.Position;
                reader.Skip(tag);
                if (tag is AnyValueTags.Bool or AnyValueTags.Int or AnyValueTags.Double or AnyValueTags.StringIndex)
                {
                    if (!IsFirst(ref walk, content))
                        return false;
                    content = new MessageAt((byte)tag, fieldStart, start, reader.Position);
                }
            }

            fieldStart = reader.Position;
        }

        return true;

        static bool IsFirst(ref BodyWalk walk, MessageAt content)
        {
            if (content.IsThere)
                walk.AskForNormalForm();
            return !content.IsThere;
        }
    }

    private static void Enter(ref BodyWalk walk, MessageAt message) =>
        walk.Rewrite.Enter(message.Tag, message.FieldStart, message.Start, message.End);
}
