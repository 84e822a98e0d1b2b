using Google.Protobuf;
using Rotel.Otlp;
using Rotel.Otlp.Wire;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Readers;

/// <summary>The readers against Google.Protobuf: what they read is, field by field, what it reads.</summary>
public sealed class ReaderOracleTests
{
    private const int Bodies = 100;

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Readers_BodiesAsGoogleProtobufWritesThem_ReadEveryField(OtlpSignal signal)
    {
        for (var seed = 0; seed < Bodies; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);

            AssertSame(request, ReadBack.Request(signal, request.ToByteArray()), seed);
        }
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Readers_BodiesInAnyLegalShape_ReadEveryField(OtlpSignal signal)
    {
        for (var seed = 0; seed < Bodies; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            var reshaped = new WireReshaper(seed).Reshape(request.ToByteArray(), request.Descriptor);

            AssertSame(request, ReadBack.Request(signal, reshaped.Bytes), seed);
        }
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Readers_TruncatedOrAlteredBodies_ThrowNothingButWireFormatException(OtlpSignal signal)
    {
        var refused = 0;
        for (var seed = 0; seed < Bodies; seed++)
        {
            var random = new Random(seed);
            var body = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            if (body.Length == 0)
                continue;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            body = body[..random.Next(body.Length)];

            try
            {
                ReadBack.Request(signal, body);
            }
            catch (WireFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Bodies / 4, Bodies);
    }

    private static void AssertSame(IMessage expected, IMessage actual, int seed) =>
        Assert.True(expected.Equals(actual), $"seed {seed}\nexpected {expected}\nactual   {actual}");
}
