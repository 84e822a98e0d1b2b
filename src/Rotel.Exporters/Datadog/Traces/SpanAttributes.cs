using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Walks the attributes of a span once: each becomes a tag as <see cref="AttributeRules"/> say, and those that other rules ask for are
/// filed. Strings, booleans, bytes, arrays and maps become texts, numbers numbers.
/// </summary>
/// <param name="tags">Of the span being written.</param>
/// <param name="known">Where values are filed.</param>
/// <param name="peers">Where peers are gathered.</param>
/// <param name="obfuscator">Null sends values as they are.</param>
/// <param name="pool">For texts while they are made.</param>
internal sealed class SpanAttributes(SpanTags tags, KnownAttributes known, PeerTags peers, Obfuscator? obfuscator, BufferPool pool)
{
    private readonly RecentKeys _keys = new(isObfuscating: obfuscator is not null);
    private readonly PooledBytes _text = new(pool);
    private readonly PooledBytes _key = new(pool);
    private bool _hasLast;

    /// <summary>Writes the tags of all attributes but those that hang on others.</summary>
    /// <returns>Whether an attribute says that a model was asked.</returns>
    public bool Write(WireList<KeyValueReader> attributes, ReadOnlySpan<byte> span)
    {
        _hasLast = false;
        var isGenerativeAI = false;
        foreach (var attribute in attributes)
        {
            var key = attribute.Key;
            if (key.IsEmpty)
                continue;

            ref readonly var facts = ref _keys.Of(key);
            if (facts.Rule is { } rule)
            {
                Write(rule, attribute.Value, span);
                continue;
            }

            isGenerativeAI |= facts.IsGenerativeAI;
            var hash = facts.Hash;
            if (facts.IsHeader)
            {
                key = HeaderTag(key);
                hash = TagKey.HashOf(key);
            }

            Write(key, hash, facts.Obfuscation, attribute.Value);
        }

        return isGenerativeAI;
    }

    /// <summary>Files what rules ask for, and writes nothing.</summary>
    public void File(WireList<KeyValueReader> attributes, ReadOnlySpan<byte> span)
    {
        foreach (var attribute in attributes)
        {
            var key = attribute.Key;
            if (AttributeRules.Find(key, TagKey.HashOf(key)) is { } rule && rule.Key != AttributeKey.None)
                known.Add(rule.Key, attribute.Value, span);
        }
    }

    /// <summary>Writes the statements, which are hidden as the family of the span wants it.</summary>
    /// <returns>The last of them; of nothing when there is none.</returns>
    public HiddenStatement WriteStatements(in SpanFacts span, SpanFamily family, SqlDialect dialect)
    {
        var last = default(HiddenStatement);
        if (!_hasLast)
            return last;
        foreach (var rule in AttributeRules.Statements)
        {
            var statement = span.SpanText(rule.Key);
            if (statement.IsEmpty)
                continue;
            var kind = SpanObfuscation.Of(family, rule.Name);
            last = new HiddenStatement(statement, obfuscator is null ? statement : obfuscator.Apply(kind, statement, dialect), kind);
            tags.Add(rule.Tag, last.Text);
        }

        return last;
    }

    /// <summary>Gives memory back.</summary>
    public void Release()
    {
        _text.Release();
        _key.Release();
    }

    private void Write(AttributeRule rule, in AnyValueReader value, ReadOnlySpan<byte> span)
    {
        if (rule.Key != AttributeKey.None)
            known.Add(rule.Key, value, span);

        var isNumber = value.Kind is AnyValueKind.Int or AnyValueKind.Double;
        switch (rule.Treatment)
        {
            case AttributeTreatment.Consumed:
            case AttributeTreatment.HttpStatus when isNumber:
            case AttributeTreatment.HttpStatus when !HttpStatus.IsLegal(value.Bytes):
                return;
            case AttributeTreatment.Last when value.Kind == AnyValueKind.String:
                _hasLast = true;
                return;
            case AttributeTreatment.Service when value.Kind == AnyValueKind.String:
                WriteNormal(rule, DatadogTags.Cut(value.Bytes, DatadogTags.MaxServiceBytes));
                return;
            case AttributeTreatment.TagValue when value.Kind == AnyValueKind.String:
                WriteNormal(rule, value.Bytes);
                return;
            case AttributeTreatment.AnalyticsEvent when !isNumber:
                WriteAnalyticsEvent(value);
                return;
        }

        var kind = obfuscator is null ? ObfuscationKind.None : rule.Obfuscation;
        if (isNumber && kind != ObfuscationKind.Whole)
        {
            tags.Add(rule.Tag, NumberOf(value));
            return;
        }

        var text = AttributeObfuscation.Text(value, kind, obfuscator, _text);
        if (tags.Add(rule.Tag, text) && rule.PeerOrder >= 0 && value.Kind == AnyValueKind.String)
            peers.Add(rule, text);
    }

    private void Write(ReadOnlySpan<byte> key, uint hash, ObfuscationKind kind, in AnyValueReader value)
    {
        if (value.Kind is AnyValueKind.Int or AnyValueKind.Double && kind != ObfuscationKind.Whole)
            tags.Add(key, hash, NumberOf(value));
        else
            tags.Add(key, hash, AttributeObfuscation.Text(value, kind, obfuscator, _text));
    }

    private static double NumberOf(AnyValueReader value) => value.Kind == AnyValueKind.Int ? value.Int : value.Double;

    private void WriteNormal(AttributeRule rule, ReadOnlySpan<byte> value)
    {
        var normal = DatadogTags.NormalizeValue(value, stackalloc byte[DatadogTags.Room]);
        if (tags.Add(rule.Tag, normal) && rule.PeerOrder >= 0)
            peers.Add(rule, normal);
    }

    private void WriteAnalyticsEvent(AnyValueReader value)
    {
        var isTrue = value.Kind == AnyValueKind.Bool ? value.Bool : Reads(value.Bytes, "1"u8, "t"u8, "true"u8);
        if (isTrue || value.Kind == AnyValueKind.Bool || Reads(value.Bytes, "0"u8, "f"u8, "false"u8))
            tags.Add(TagKeys.AnalyticsEvent, isTrue ? 1 : 0);
    }

    private static bool Reads(ReadOnlySpan<byte> text, ReadOnlySpan<byte> digit, ReadOnlySpan<byte> letter, ReadOnlySpan<byte> word) =>
        text.SequenceEqual(digit) || Ascii.EqualsIgnoreCase(text, letter) || Ascii.EqualsIgnoreCase(text, word);

    private ReadOnlySpan<byte> HeaderTag(ReadOnlySpan<byte> key)
    {
        _key.Clear();
        _key.Write("http.request.headers."u8);
        _key.Write(key["http.request.header."u8.Length..]);
        return _key.Span;
    }
}
