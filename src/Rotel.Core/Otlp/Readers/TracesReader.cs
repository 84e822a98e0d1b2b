using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>The body of one ExportTraceServiceRequest, for <c>foreach</c> over its resources.</summary>
internal readonly ref struct TracesReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    public WireListEnumerator<ResourceEnvelopeReader<SpanReader>> GetEnumerator() =>
        new(_body, WireFormat.Tag(CollectorFields.ExportRequest.Resources, WireType.LengthDelimited));
}
