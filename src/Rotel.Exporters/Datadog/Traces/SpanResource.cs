using K = Rotel.Exporters.Datadog.Traces.AttributeKey;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The resource of a span, in Datadog's sense: which endpoint, statement or queue the work is about
/// (https://docs.datadoghq.com/opentelemetry/migrate/migrate_operation_names/).
/// </summary>
internal sealed class SpanResource(bool isSpanName)
{
    /// <summary>Bytes; two attributes and a space may be more, and are cut afterwards.</summary>
    public const int MaxLength = 5000;

    private readonly TextBuffer _text = new(2 * MaxLength);

    /// <summary>Empty for a span without a name and attributes that make one. Valid until the next call, and not cut.</summary>
    /// <param name="span">What its attributes say.</param>
    /// <param name="spanName">Its name at OpenTelemetry.</param>
    /// <param name="isStatement">Whether it is the statement of a query, with whatever that holds.</param>
    public ReadOnlySpan<byte> Of(in SpanFacts span, ReadOnlySpan<byte> spanName, out bool isStatement)
    {
        isStatement = false;
        if (span.Text(K.ResourceName) is { IsEmpty: false } given)
            return given;
        if (isSpanName)
            return spanName;
        if (span.Text(K.HttpRequestMethod, K.HttpMethod) is { IsEmpty: false } method)
            return OfHttp(span, method);
        if (MessagingOperationOf(span) is { IsEmpty: false } operation)
            return Join(operation, span.Text(K.MessagingDestination, K.MessagingDestinationName));
        if (span.Text(K.RpcMethod) is { IsEmpty: false } call)
            return Join(call, span.Text(K.RpcService));
        if (span.Text(K.GraphQLOperationType) is { IsEmpty: false } query)
            return Join(query, span.Text(K.GraphQLOperationName));
        if (!span.Text(K.DatabaseSystemName, K.DatabaseSystem).IsEmpty
            && span.Text(K.DatabaseStatement, K.DatabaseQueryText) is { IsEmpty: false } statement)
        {
            isStatement = true;
            return statement;
        }

        return spanName;
    }

    /// <summary>The older attribute, or what took its place: first the type, whose values are the same.</summary>
    public static ReadOnlySpan<byte> MessagingOperationOf(in SpanFacts span)
    {
        var operation = span.Text(K.MessagingOperation);
        return operation.IsEmpty ? span.Text(K.MessagingOperationType, K.MessagingOperationName) : operation;
    }

    private ReadOnlySpan<byte> OfHttp(in SpanFacts span, ReadOnlySpan<byte> method)
    {
        if (method.SequenceEqual("_OTHER"u8))
            method = "HTTP"u8;
        return span.Kind switch
        {
            OtlpSpanKind.Server => Join(method, span.Text(K.HttpRoute)),
            OtlpSpanKind.Client => Join(method, span.Text(K.UrlTemplate)),
            _ => method,
        };
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> subject)
    {
        if (subject.IsEmpty)
            return verb;
        _text.Clear();
        return _text.Append(verb).Append(" "u8).Append(subject).Span;
    }
}
