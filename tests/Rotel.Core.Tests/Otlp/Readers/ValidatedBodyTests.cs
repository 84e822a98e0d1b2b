using System.Buffers;
using Google.Protobuf;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Otlp.Text;
using Rotel.Otlp.Wire;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Readers;

/// <summary>The law between the validator and everything behind it: a body it accepted is read without a fault.</summary>
public sealed class ValidatedBodyTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Readers_AlteredBodiesThatTheValidatorAccepts_ReadWhatGoogleProtobufReads(OtlpSignal signal)
    {
        using var json = new OtlpJsonWriter();
        var small = new TelemetrySize { Resources = 2, Scopes = 2, Items = 2, Points = 2, ListLength = 3 };
        var strict = OtlpLimits.Untrusted with { RejectsInvalidUtf8 = true };
        var (accepted, compared) = (0, 0);
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var request = new TelemetryGenerator(seed, small).Request(signal);
            var body = new WireReshaper(seed).Reshape(request.ToByteArray(), request.Descriptor).Bytes;
            for (var changes = body.Length == 0 ? 0 : random.Next(1, 4); changes > 0; changes--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            if (!OtlpValidator.Validate(signal, body, strict).IsValid)
                continue;

            accepted++;
            var read = ReadBack.Request(signal, body);
            json.Write(signal, body, new ArrayBufferWriter<byte>());
            OtlpTextWriter.Write(signal, body, TextWriter.Null);
            if (Parse(signal, body) is { } expected)
            {
                compared++;
                Assert.True(expected.Equals(read), $"seed {seed}\nexpected {expected}\nactual   {read}");
            }
        }

        Assert.InRange(accepted, 300, 2_900);
        Assert.InRange(compared, accepted * 9 / 10, accepted);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Readers_NestedUnknownGroups_AreReadAsDeepAsTheValidatorAccepts(int depth, bool accepted)
    {
        var body = new WireBytes();
        for (var i = 0; i < depth; i++)
            body.Raw((9 << 3) | 3);
        for (var i = 0; i < depth; i++)
            body.Raw((9 << 3) | 4);

        Assert.Equal(accepted, OtlpValidator.Validate(OtlpSignal.Logs, body.ToArray(), OtlpLimits.Untrusted).IsValid);
        if (accepted)
            Assert.Equal(default, OtlpCounts.Of(OtlpSignal.Logs, body.ToArray()));
        else
            Assert.Throws<WireFormatException>(() => OtlpCounts.Of(OtlpSignal.Logs, body.ToArray()));
    }

    /// <summary>Null where Google.Protobuf is stricter than its specification, as with varints of tags longer than they need be.</summary>
    private static IMessage? Parse(OtlpSignal signal, byte[] body)
    {
        try
        {
            return OtlpItems.Descriptor(signal).Parser.WithDiscardUnknownFields(true).ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
