using Rotel.Delivery;
using Rotel.Memory;

namespace Rotel.Exporters.Otlp;

/// <summary>A batch as OTLP/JSON. JSON drops fields it has no name for, so the wire form is kept beside it for a split.</summary>
/// <param name="segments">The bytes as they are sent; owned by this. Null when the batch was not protobuf throughout.</param>
/// <param name="textLength">The length before compression.</param>
internal sealed class JsonBatch(PooledSegments? segments, long textLength) : EncodedBatch
{
    public PooledSegments? Segments => segments;

    public long TextLength => textLength;

    public override long Charge => segments?.Charge ?? 0;

    public override bool CanRestore => false;

    public override void Restore(Span<byte> wireForm) => throw new NotSupportedException();

    public override void Dispose() => segments?.Dispose();
}
