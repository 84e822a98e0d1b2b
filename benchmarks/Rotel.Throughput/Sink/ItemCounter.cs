using Rotel.Otlp;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Counts the items of an Export request by walking only the envelope: resource entries, scope entries, then the spans or log records
/// (never opened), or
/// the data points of each metric. Shares no code with the collector that it checks.
/// </summary>
internal static class ItemCounter
{
    // The same numbers in all three signals: ExportXServiceRequest.resource_x, ResourceX.scope_x, ScopeX.items.
    private static ReadOnlySpan<int> ItemPath => [1, 2, 2];

    // Metric.{gauge, sum, histogram, exponential_histogram, summary}, each of which has its data points in field 1.
    private static ReadOnlySpan<int> MetricDataFields => [5, 7, 9, 10, 11];

    // AgentPayload.tracerPayloads, TracerPayload.chunks, TraceChunk.spans.
    private static ReadOnlySpan<int> DatadogSpanPath => [5, 6, 3];

    /// <returns>The count; -1 when the envelope is not well-formed.</returns>
    public static long Count(OtlpSignal signal, ReadOnlySpan<byte> request) => Count(request, ItemPath, signal == OtlpSignal.Metrics);

    /// <returns>The spans of an AgentPayload; -1 when the envelope is not well-formed.</returns>
    public static long CountDatadogSpans(ReadOnlySpan<byte> payload) => Count(payload, DatadogSpanPath, countsDataPoints: false);

    private static long Count(ReadOnlySpan<byte> message, ReadOnlySpan<int> path, bool countsDataPoints)
    {
        long items = 0;
        while (!message.IsEmpty)
        {
            if (!TryReadField(ref message, out var field, out var content))
                return -1;
            if (field != path[0])
                continue;

            var inner = path.Length > 1 ? Count(content, path[1..], countsDataPoints)
                : countsDataPoints ? CountDataPoints(content)
                : 1;
            if (inner < 0)
                return -1;
            items += inner;
        }

        return items;
    }

    private static long CountDataPoints(ReadOnlySpan<byte> metric)
    {
        long points = 0;
        while (!metric.IsEmpty)
        {
            if (!TryReadField(ref metric, out var field, out var data))
                return -1;
            if (!MetricDataFields.Contains(field))
                continue;
            while (!data.IsEmpty)
            {
                if (!TryReadField(ref data, out var dataField, out _))
                    return -1;
                points += dataField == 1 ? 1 : 0;
            }
        }

        return points;
    }

    // Content is that of a length-delimited field, and empty for the others.
    private static bool TryReadField(ref ReadOnlySpan<byte> message, out int field, out ReadOnlySpan<byte> content)
    {
        field = 0;
        content = default;
        if (!TryReadVarint(ref message, out var tag))
            return false;
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref message, out _);
            case 1:
                return TryTake(ref message, 8, out _);
            case 2:
                return TryReadVarint(ref message, out var length) && TryTake(ref message, length, out content);
            case 5:
                return TryTake(ref message, 4, out _);
            default:
                return false;
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> message, ulong length, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (length > (ulong)message.Length)
            return false;
        taken = message[..(int)length];
        message = message[(int)length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
