using Google.Protobuf;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit;

public class WireBreakerTests
{
    public static TheoryData<WireFault> Faults { get; } = [.. Enum.GetValues<WireFault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Break_AnyMessage_IsRefusedByTheOracle(WireFault fault)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var signal = (OtlpSignal)(seed % 3);
            var encoded = new StandardLoad(seed).Encode(signal, items: 3);
            var descriptor = OtlpItems.Descriptor(signal);

            var broken = new WireBreaker(seed).Break(encoded, descriptor, fault);

            Assert.True(Refuses(() => OtlpItems.Parse(signal, broken.Bytes)), $"Seed {seed}: a legal message, {broken.Where}.");
        }
    }

    [Fact]
    public void Break_EmptyMessage_HasNoPlaceForATruncation() =>
        Assert.Throws<ArgumentException>(() => new WireBreaker(1).Break([], OtlpItems.Descriptor(OtlpSignal.Logs), WireFault.Truncated));

    private static bool Refuses(Action parse)
    {
        try
        {
            parse();
            return false;
        }
        catch (InvalidProtocolBufferException)
        {
            return true;
        }
    }
}
