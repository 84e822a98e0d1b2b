using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>The body of one ExportLogsServiceRequest, for <c>foreach</c> over its resources.</summary>
internal readonly ref struct LogsReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    public WireListEnumerator<ResourceEnvelopeReader<LogRecordReader>> GetEnumerator() =>
        new(_body, WireFormat.Tag(CollectorFields.ExportRequest.Resources, WireType.LengthDelimited));
}
