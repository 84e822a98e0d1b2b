using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Otlp;

/// <summary>How a payload is replaced by another.</summary>
public sealed class OtlpPayloadTests
{
    private readonly BufferPool _pool = new(new ByteBudget(1024 * 1024));

    [Fact]
    public void TryReplaceHead_RoomInTheBuffer_MovesTheRestAndKeepsTheSender()
    {
        var losses = new ProcessorLosses(new ProcessorLedger("test", OtlpSignal.Logs), ProcessorLossReason.Filtered, 1, null);
        var metadata = new RequestMetadata([new("tenant", "a")]);
        var payload = Payload([1, 2, 3, 4, 5, 6], metadata);

        Assert.True(payload.TryReplaceHead([9, 9, 9, 9], 2, 2, isCanonical: true, losses, out var replacement));

        Assert.Equal([9, 9, 9, 9, 3, 4, 5, 6], replacement.Body[..8].ToArray());
        Assert.Equal((payload.Length + 2, 2, 3), (replacement.Length, replacement.ItemCount, replacement.ReceivedItems));
        Assert.Same(metadata, replacement.Metadata);
        replacement.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Fact]
    public void TryReplaceHead_SomebodyElseSeesTheBody_ChangesNothing()
    {
        var payload = Payload([1, 2, 3]);
        payload.AddReference();

        Assert.False(payload.TryReplaceHead([9], 1, 3, isCanonical: true, null, out _));

        Assert.Equal([1, 2, 3], payload.Body[..3].ToArray());
        payload.Dispose();
        payload.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Theory]
    [InlineData(500)] // more than the buffer holds
    [InlineData(0)] // and so little that most of it would be empty
    public void TryReplaceHead_BufferDoesNotSuit_ChangesNothing(int headLength)
    {
        var payload = Payload([.. Enumerable.Repeat((byte)7, 3)]);
        var replaced = headLength == 0 ? payload.Length - 100 : 0;

        Assert.False(payload.TryReplaceHead(new byte[headLength], replaced, 3, isCanonical: true, null, out _));

        Assert.Equal(7, payload.Body.Span[0]);
        payload.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    /// <summary>Of 700 bytes in a buffer of 1024.</summary>
    private OtlpPayload Payload(byte[] begins, RequestMetadata? metadata = null)
    {
        var buffer = _pool.RentOverdraft(1024);
        begins.CopyTo(buffer.Span);
        return new OtlpPayload(OtlpSignal.Logs, buffer, 700, 3) { Metadata = metadata };
    }
}
