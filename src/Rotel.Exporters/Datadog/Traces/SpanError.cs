namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The tags of an error: what the span's own attributes say, for a failed one else its exception event, its status, its HTTP status.
/// </summary>
internal static class SpanError
{
    /// <summary>Writes <c>error.msg</c>, <c>error.type</c> and <c>error.stack</c>, of which the span has none yet.</summary>
    /// <param name="tags">Of the span.</param>
    /// <param name="span">What its attributes say.</param>
    /// <param name="exception">What its events say.</param>
    /// <param name="isError">Whether its status is Error.</param>
    /// <param name="message">Of the status.</param>
    /// <param name="httpStatus">0 when it has none.</param>
    public static void Write(
        SpanTags tags, in SpanFacts span, in SpanException exception, bool isError, ReadOnlySpan<byte> message, long httpStatus)
    {
        var text = span.SpanText(AttributeKey.ErrorMessage);
        var type = span.SpanText(AttributeKey.ErrorType);
        var stack = span.SpanText(AttributeKey.ErrorStack);

        // A span that says all three means one error. Otherwise its error.type may be a mere status code, and the event knows better.
        if (isError && (text.IsEmpty || type.IsEmpty || stack.IsEmpty))
        {
            text = First(exception.Message, text, message, HttpStatus.Text(httpStatus));
            type = First(exception.Type, type);
            stack = First(exception.StackTrace, stack);
        }

        if (!text.IsEmpty)
            tags.Add(TagKeys.ErrorMessage, text);
        if (!type.IsEmpty)
            tags.Add(TagKeys.ErrorType, type);
        if (!stack.IsEmpty)
            tags.Add(TagKeys.ErrorStack, stack);
    }

    private static ReadOnlySpan<byte> First(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default)
    {
        if (!first.IsEmpty)
            return first;
        if (!second.IsEmpty)
            return second;
        return third.IsEmpty ? fourth : third;
    }
}
