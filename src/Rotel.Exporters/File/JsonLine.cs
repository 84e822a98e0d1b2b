using Rotel.Delivery;
using Rotel.Memory;

namespace Rotel.Exporters.File;

/// <summary>A batch as one line of OTLP/JSON with its line end.</summary>
/// <param name="text">The bytes; owned by this.</param>
/// <param name="isReadable">False when the batch was not protobuf throughout, so that there is no line.</param>
internal sealed class JsonLine(PooledSegments text, bool isReadable) : EncodedBatch
{
    public PooledSegments Text => text;

    public bool IsReadable => isReadable;

    public override long Charge => text.Charge;

    /// <summary>JSON drops unknown fields; and a file never finds a line too large to be split.</summary>
    public override bool CanRestore => false;

    public override void Restore(Span<byte> wireForm) => throw new NotSupportedException();

    public override void Dispose() => text.Dispose();
}
