using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Durability;

public sealed class PayloadRecordTests
{
    private static readonly BufferPool Pool = new(new ByteBudget(1 << 20));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void TryRead_WhatWasWritten_IsTheSamePayload(bool isPlain, bool hasMetadata)
    {
        byte[] body = [1, 2, 3, 4, 5];
        using var payload = Payload(body, isPlain, hasMetadata ? Metadata(("tenant", "a"), ("x-key", "\u00e9\u4e2d")) : null);
        var (header, content) = Written(payload);

        Assert.True(PayloadRecord.TryRead(OtlpSignal.Traces, header, Buffer(content), out var read));
        Assert.Equal(body, read.Body.ToArray());
        Assert.Equal(payload.Metadata, read.Metadata);
        Assert.Equal(payload.ItemCount, read.ItemCount);
        Assert.Equal(isPlain, read.IsCanonical);
        Assert.Equal(isPlain, read.IsValidated);
        Assert.Equal(!isPlain, read.TravelsAlone);
        Assert.Equal(!isPlain, read.IsOwn);
        Assert.Equal((3UL, 1UL), (header.Readers, header.Handed));
        read.Dispose();
    }

    [Fact]
    public void TryRead_MetadataThatIsCutOrTooLong_IsRefusedAndHoldsNoMemory()
    {
        using var payload = Payload([7, 7, 7], isPlain: true, Metadata(("tenant", "a")));
        var (header, content) = Written(payload);
        var before = Pool.Budget.Reserved;
        for (var length = 0; length < content.Length - 3; length++)
        {
            Assert.False(PayloadRecord.TryRead(OtlpSignal.Traces, header with { Length = length }, Buffer(content), out _));
            Assert.Equal(before, Pool.Budget.Reserved);
        }

        content[4] = 0xff;
        Assert.False(PayloadRecord.TryRead(OtlpSignal.Traces, header, Buffer(content), out _));
        content[3] = 0xff;
        Assert.False(PayloadRecord.TryRead(OtlpSignal.Traces, header, Buffer(content), out _));
    }

    private static (RecordHeader Header, byte[] Content) Written(OtlpPayload payload)
    {
        byte[] content = [.. PayloadRecord.HeadOf(payload).Span, .. payload.Body.Span];
        return (PayloadRecord.HeaderOf(payload, readers: 3, handed: 1, DateTimeOffset.UnixEpoch) with { Length = content.Length }, content);
    }

    private static OtlpPayload Payload(byte[] body, bool isPlain, RequestMetadata? metadata) => new(OtlpSignal.Traces, Buffer(body), body.Length, 4)
    {
        IsCanonical = isPlain,
        IsValidated = isPlain,
        TravelsAlone = !isPlain,
        IsOwn = !isPlain,
        Metadata = metadata,
    };

    private static PooledBuffer Buffer(byte[] bytes)
    {
        var buffer = Pool.RentOverdraft(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }

    private static RequestMetadata Metadata(params (string Name, string Value)[] headers) =>
        new(headers.Select(header => KeyValuePair.Create(header.Name, header.Value)));
}
