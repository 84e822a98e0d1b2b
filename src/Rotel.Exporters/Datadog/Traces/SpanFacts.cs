namespace Rotel.Exporters.Datadog.Traces;

/// <summary>What the rules that look at a whole span are told of it: an attribute of the span goes before the resource's of the same key.</summary>
internal readonly ref struct SpanFacts(KnownAttributes span, ReadOnlySpan<byte> spanBytes, KnownAttributes resource, ReadOnlySpan<byte> resourceBytes)
{
    private readonly KnownAttributes _span = span;
    private readonly ReadOnlySpan<byte> _spanBytes = spanBytes;
    private readonly KnownAttributes _resource = resource;
    private readonly ReadOnlySpan<byte> _resourceBytes = resourceBytes;
    private readonly ulong _present = span.Present | resource.Present;

    public OtlpSpanKind Kind { get; init; }

    /// <summary>Whether an attribute says that a model was asked: its key starts with <c>gen_ai.</c>.</summary>
    public bool IsGenerativeAI { get; init; }

    /// <summary>Empty when neither has it as a string.</summary>
    public ReadOnlySpan<byte> Text(AttributeKey key)
    {
        if (!Has(key))
            return default;
        var text = _span.Text(key, _spanBytes);
        return text.IsEmpty ? _resource.Text(key, _resourceBytes) : text;
    }

    /// <summary>Of one attribute, or else of another: its newer and older names.</summary>
    public ReadOnlySpan<byte> Text(AttributeKey key, AttributeKey otherwise)
    {
        var text = Text(key);
        return text.IsEmpty ? Text(otherwise) : text;
    }

    /// <summary>Of the span alone.</summary>
    public ReadOnlySpan<byte> SpanText(AttributeKey key) => _span.Text(key, _spanBytes);

    public bool TryGetInteger(AttributeKey key, out long integer) =>
        _span.TryGetInteger(key, _spanBytes, out integer) || _resource.TryGetInteger(key, _resourceBytes, out integer);

    /// <summary>Whether either has it, with a value of whatever kind.</summary>
    public bool Has(AttributeKey key) => (_present & KnownAttributes.BitOf(key)) != 0;

    /// <summary>Of the span alone.</summary>
    public bool TryGetNumber(AttributeKey key, out double number) => _span.TryGetNumber(key, out number);
}
