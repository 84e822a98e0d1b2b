using System.Buffers.Text;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Benchmarks.ClickHouse;

/// <summary>
/// Spans in ClickHouse's other binary format, row by row, as Rotel in Rust sends them: what Native is measured against. For the standard
/// load only: its keys are written unsorted, and every value that is no string is a whole number.
/// </summary>
internal static class RowBinarySpans
{
    private const int MaxInt64Length = 20;

    public static void Write(ReadOnlySpan<byte> body, PooledBytes row, BlockFrames frames)
    {
        foreach (var resource in new TracesReader(body))
        {
            var attributes = resource.Resource.Attributes;
            var service = ServiceNameOf(attributes);
            foreach (var envelope in resource.Scopes)
            {
                var scope = envelope.Scope;
                foreach (var span in envelope.Items)
                {
                    row.Clear();
                    Write(span, attributes, service, scope, row);
                    frames.Write(row.Span);
                }
            }
        }
    }

    private static void Write(
        SpanReader span, WireList<KeyValueReader> resource, ReadOnlySpan<byte> service, InstrumentationScopeReader scope, PooledBytes row)
    {
        row.WriteUInt64(span.StartTimeUnixNano);
        WriteId(span.TraceId, row);
        WriteId(span.SpanId, row);
        WriteId(span.ParentSpanId, row);
        row.WriteString(span.TraceState);
        row.WriteString(span.Name);
        row.WriteString(span.Kind == 3 ? "Client"u8 : "Server"u8);
        row.WriteString(service);
        WriteMap(resource, row);
        row.WriteString(scope.Name);
        row.WriteString(scope.Version);
        WriteMap(span.Attributes, row);
        row.WriteUInt64(span.EndTimeUnixNano - span.StartTimeUnixNano);
        row.WriteString(span.Status.Code == 2 ? "Error"u8 : "Unset"u8);
        row.WriteString(span.Status.Message);

        // Three columns of events and four of links, of which the load has none.
        row.Append(7).Clear();
    }

    private static ReadOnlySpan<byte> ServiceNameOf(WireList<KeyValueReader> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key.SequenceEqual("service.name"u8))
                return attribute.Value.Bytes;
        }

        return default;
    }

    private static void WriteId(ReadOnlySpan<byte> id, PooledBytes row)
    {
        row.WriteByte((byte)(2 * id.Length));
        Convert.TryToHexStringLower(id, row.Append(2 * id.Length), out _);
    }

    private static void WriteMap(WireList<KeyValueReader> attributes, PooledBytes row)
    {
        row.WriteVarint((uint)attributes.Count);
        foreach (var attribute in attributes)
        {
            row.WriteString(attribute.Key);
            var value = attribute.Value;
            if (value.Kind == AnyValueKind.String)
                row.WriteString(value.Bytes);
            else
                WriteNumber(value.Int, row);
        }
    }

    private static void WriteNumber(long value, PooledBytes row)
    {
        Span<byte> digits = stackalloc byte[MaxInt64Length];
        Utf8Formatter.TryFormat(value, digits, out var length);
        row.WriteString(digits[..length]);
    }
}
