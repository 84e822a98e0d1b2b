namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>No frames: bytes are sent as they are.</summary>
internal sealed class BareFrames : BlockFrames
{
    public override NativeHeader Header => BareHeader.Instance;

    protected override void Restart()
    {
    }

    protected override void Append(ReadOnlySpan<byte> bytes) => Destination.Write(bytes);

    protected override void Complete()
    {
    }

    private sealed class BareHeader : NativeHeader
    {
        public static readonly BareHeader Instance = new();

        public override ReadOnlyMemory<byte> Write(int columns, int rows)
        {
            var bytes = new byte[MaxLength];
            return bytes.AsMemory(0, Write(bytes, columns, rows));
        }
    }
}
