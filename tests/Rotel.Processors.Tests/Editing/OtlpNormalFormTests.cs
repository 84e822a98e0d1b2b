using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Editing;

public sealed class OtlpNormalFormTests
{
    private readonly BufferPool _pool = new(new ByteBudget(64 * 1024 * 1024));

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void NormalForm_OfAnyLegalBody_SaysTheSameInOneWay(OtlpSignal signal)
    {
        for (var i = 0; i < 300; i++)
        {
            var seed = FreshSeed.Value + i;
            var descriptor = OtlpItems.Descriptor(signal);
            var body = new WireReshaper(seed).Reshape(new TelemetryGenerator(seed).Request(signal).ToByteArray(), descriptor).Bytes;

            var written = Normalize(signal, body, out var isCanonical);

            var validation = OtlpValidator.Validate(signal, written, OtlpLimits.Untrusted);
            Assert.True(OtlpItems.Parse(signal, body).Equals(OtlpItems.Parse(signal, written)), $"seed {seed}");
            Assert.True(written.Length <= body.Length, $"seed {seed}");
            Assert.Empty(WireShape.Faults(written, descriptor).Select(fault => $"{fault}, seed {seed}"));
            Assert.True(validation.IsValid && validation.IsCanonical == isCanonical, $"seed {seed}");
            Assert.Equal(OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted).ItemCount, validation.ItemCount);
            Assert.Equal(written, Normalize(signal, written, out _));
        }

        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void NormalForm_OfShuffledAndSplitMessages_IsWhatGoogleProtobufWrites(OtlpSignal signal)
    {
        for (var i = 0; i < 100; i++)
        {
            var seed = FreshSeed.Value + i;
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var reshaper = new WireReshaper(seed, WireReshaping.ShuffleFields | WireReshaping.SplitMessages);
            var body = reshaper.Reshape(original, OtlpItems.Descriptor(signal)).Bytes;

            var written = Normalize(signal, body, out var isCanonical);

            Assert.True(isCanonical);
            Assert.True(original.AsSpan().SequenceEqual(written), $"seed {seed}");
        }
    }

    [Fact]
    public void NormalForm_OfAMessageInManyPieces_TakesMemoryLinearInTheBody()
    {
        // A scope whose 50,000 pieces each hold one unknown field.
        var pieces = Enumerable.Repeat<byte[]>([0x0A, 0x03, 0xF8, 0x01, 0x01], 50_000).SelectMany(piece => piece).ToArray();
        byte[] envelope = [0x12, .. Varint(pieces.Length), .. pieces];
        byte[] body = [0x0A, .. Varint(envelope.Length), .. envelope];

        var written = Normalize(OtlpSignal.Logs, body, out var isCanonical);

        Assert.True(isCanonical);
        Assert.True(OtlpItems.Parse(OtlpSignal.Logs, body).Equals(OtlpItems.Parse(OtlpSignal.Logs, written)));
        Assert.True(written.Length < body.Length);
    }

    private byte[] Normalize(OtlpSignal signal, byte[] body, out bool isCanonical)
    {
        using var output = new PooledBytes(_pool);
        using var scratch = new PooledBytes(_pool);
        isCanonical = OtlpNormalForm.Write(signal, body, output, scratch);
        return output.Span.ToArray();
    }

    private static byte[] Varint(int value)
    {
        var bytes = new byte[Otlp.Wire.WireFormat.VarintLength((uint)value)];
        Otlp.Wire.WireFormat.WriteVarint(bytes, (uint)value);
        return bytes;
    }
}
