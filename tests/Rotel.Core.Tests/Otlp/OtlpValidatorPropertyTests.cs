using System.Buffers;
using Google.Protobuf;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Otlp;

/// <summary>The validator beside Google.Protobuf, on bodies drawn at random: half of them legal in unusual shapes, half of them broken.</summary>
public sealed class OtlpValidatorPropertyTests
{
    private static readonly OtlpLimits Rejecting = new() { RejectsInvalidUtf8 = true };
    private static readonly WireFault[] Faults = Enum.GetValues<WireFault>();

    [Fact]
    [Proves("server.unknown_fields")]
    [Proves("server.empty_envelopes")]
    public void Validation_OfReshapedAndBrokenBodies_AgreesWithGoogleProtobuf() => AssertAgreement(firstSeed: 1, bodies: 10_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Validation_OfAHundredThousandFreshBodies_AgreesWithGoogleProtobuf()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        AssertAgreement(FreshSeed.Value, bodies: 100_000);
    }

    private static void AssertAgreement(int firstSeed, int bodies)
    {
        for (var seed = firstSeed; seed < firstSeed + bodies; seed++)
        {
            try
            {
                AssertAgreement(seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={seed}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Of six bodies three are legal, two have one known fault, one is mutated blindly and may be either.</summary>
    private static void AssertAgreement(int seed)
    {
        var signal = OtlpSignals.All[seed % OtlpSignals.Count];
        var original = new TelemetryGenerator(seed, Size(seed)).Request(signal).ToByteArray();
        switch (seed / OtlpSignals.Count % 6)
        {
            case 0 or 2 or 4:
                AssertLegal(seed, signal, new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)));
                break;
            case 1 or 3:
                AssertBroken(seed, signal, original);
                break;
            default:
                AssertMutated(seed, signal, original);
                break;
        }
    }

    private static TelemetrySize Size(int seed) => seed % 50 == 0
        ? new TelemetrySize()
        : new TelemetrySize { Resources = 2, Scopes = 2, Items = 2, Points = 2, ListLength = 2, ValueDepth = 2 };

    private static void AssertLegal(int seed, OtlpSignal signal, ReshapedMessage reshaped)
    {
        var validation = OtlpValidator.Validate(signal, reshaped.Bytes, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid, $"seed {seed}: {validation.Describe()}");
        Assert.Equal(OtlpItems.Count(OtlpItems.Parse(signal, reshaped.Bytes)), validation.ItemCount);
        Assert.Equal(reshaped.HasUnknownTopLevelField, validation.HasUnknownTopLevelField);
        Assert.Equal(0, validation.InvalidUtf8Count);
        Assert.Equal(validation.ItemCount, OtlpValidator.Validate(signal, reshaped.Bytes, OtlpLimits.InProcess).ItemCount);
    }

    private static void AssertBroken(int seed, OtlpSignal signal, byte[] original)
    {
        var broken = Break(new WireBreaker(seed) { BombDepth = 200 }, signal, original, Faults[seed / (3 * OtlpSignals.Count) % Faults.Length]);
        var validation = OtlpValidator.Validate(signal, broken.Bytes, OtlpLimits.Untrusted);
        if (broken.Fault == WireFault.InvalidUtf8)
        {
            Assert.True(validation.IsValid, $"seed {seed}");
            AssertRepairs(seed, signal, broken.Bytes, validation.InvalidUtf8Count);

            // The breaker adds its bytes to the end of a string.
            var repaired = new ArrayBufferWriter<byte>();
            OtlpUtf8Repair.Repair(signal, broken.Bytes, repaired);
            Assert.Equal(WithoutReplacements(signal, original), WithoutReplacements(signal, repaired.WrittenSpan));
            return;
        }

        // A fault inside the data of a metric that a later one replaces is a fault all the same.
        Assert.False(validation.IsValid, $"seed {seed}: {broken.Fault} in {broken.Where}");
        Assert.InRange(validation.Offset, 0, broken.Bytes.Length);
        Assert.ThrowsAny<InvalidProtocolBufferException>(() => OtlpItems.Parse(signal, broken.Bytes));
    }

    private static BrokenMessage Break(WireBreaker breaker, OtlpSignal signal, byte[] original, WireFault fault)
    {
        try
        {
            return breaker.Break(original, OtlpItems.Descriptor(signal), fault);
        }
        catch (ArgumentException)
        {
            // A body without a string or a nested message has no place for some faults; every body has one for this.
            return breaker.Break(original, OtlpItems.Descriptor(signal), WireFault.FieldZero);
        }
    }

    private static void AssertMutated(int seed, OtlpSignal signal, byte[] original)
    {
        var random = new Random(seed);
        var body = original.ToList();
        for (var changes = 1 + random.Next(4); changes > 0 && body.Count > 0; changes--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0:
                    body.RemoveAt(at);
                    break;
                case 1:
                    body.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    body[at] = (byte)random.Next(256);
                    break;
                default:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        AssertAgrees(seed, signal, [.. body]);
    }

    private static void AssertAgrees(int seed, OtlpSignal signal, byte[] body)
    {
        var validation = OtlpValidator.Validate(signal, body, Rejecting);
        if (validation.Fault == OtlpFault.InvalidUtf8)
        {
            Assert.ThrowsAny<InvalidProtocolBufferException>(() => OtlpItems.Parse(signal, body));
            validation = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
            if (validation.IsValid)
                AssertRepairs(seed, signal, body, validation.InvalidUtf8Count);
            return;
        }

        IMessage parsed;
        try
        {
            parsed = OtlpItems.Parse(signal, body);
        }
        catch (InvalidProtocolBufferException refusal)
        {
            Assert.False(validation.IsValid, $"seed {seed}: {refusal.Message}");
            Assert.InRange(validation.Offset, 0, body.Length);
            return;
        }

        // Google.Protobuf drops the upper bits of a tag or length of more than 32 bits; we refuse.
        if (!validation.IsValid && validation.Fault is OtlpFault.BadTag or OtlpFault.BadLength && IsWide(body.AsSpan(validation.Offset)))
            return;
        Assert.True(validation.IsValid, $"seed {seed}: {validation}");
        Assert.Equal(OtlpItems.Count(parsed), validation.ItemCount);
    }

    private static bool IsWide(ReadOnlySpan<byte> varint)
    {
        ulong value = 0;
        for (var i = 0; i < varint.Length && i < 10; i++)
        {
            value |= (ulong)(varint[i] & 0x7F) << (7 * i);
            if (varint[i] < 0x80)
                break;
        }

        return value > uint.MaxValue;
    }

    private static void AssertRepairs(int seed, OtlpSignal signal, byte[] body, int count)
    {
        Assert.True(count > 0, $"seed {seed}");
        var repaired = new ArrayBufferWriter<byte>();
        Assert.Equal(count, OtlpUtf8Repair.Repair(signal, body, repaired));
        var validation = OtlpValidator.Validate(signal, repaired.WrittenSpan, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid, $"seed {seed}");
        Assert.Equal(0, validation.InvalidUtf8Count);

        Assert.Equal(validation.ItemCount, OtlpItems.Count(OtlpItems.Parse(signal, repaired.WrittenSpan)));
    }

    private static string WithoutReplacements(OtlpSignal signal, ReadOnlySpan<byte> body)
        => OtlpItems.Parse(signal, body).ToString()!.Replace("\uFFFD", string.Empty, StringComparison.Ordinal);
}
