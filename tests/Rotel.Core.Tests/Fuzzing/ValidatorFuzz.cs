using System.Buffers;
using Google.Protobuf;
using Rotel.Otlp;
using Rotel.TestKit.Fuzzing;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>
/// The validator, and all that trusts bodies that it accepted, on any bytes. A case is a byte that names the signal and the limits of the
/// steps behind, then the body.
/// </summary>
/// <remarks>
/// The laws: nothing throws; the validator allocates nothing and does not see what lies around the body; it accepts what Google.Protobuf
/// parses, but for tags over 32 bits and lengths over 31, and counts the same items; faults lie in the body. And for what it accepts: looked at
/// from outside it has as many items; repaired it is UTF-8; put in order, cut into pieces, grouped by trace, written as JSON and read again
/// it has the same items as before.
/// </remarks>
internal sealed class ValidatorFuzz : FuzzTarget
{
    private static readonly OtlpLimits Rejecting = new() { RejectsInvalidUtf8 = true };

    /// <summary>What lies behind the body: nothing that helps it, what would end it well, and what would carry it on.</summary>
    private static readonly byte[] Poisons = [0x00, 0xFF, 0x0A];

    private byte[] _surroundings = [];
    private bool _isWarm;

    public override string Name => "validator";

    public override IEnumerable<byte[]> Seeds(int seed)
    {
        var small = new TelemetrySize { Resources = 2, Scopes = 2, Items = 2, Points = 2, ListLength = 2, ValueDepth = 2 };
        for (var i = 0; i < 400; i++)
        {
            var signal = OtlpSignals.All[i % OtlpSignals.Count];
            var body = new TelemetryGenerator(seed + i, small).Request(signal).ToByteArray();
            if (i % 3 == 0)
                body = new WireReshaper(seed + i).Reshape(body, OtlpItems.Descriptor(signal)).Bytes;
            yield return [(byte)((i % OtlpSignals.Count) | (i / OtlpSignals.Count % 64 << 2)), .. body];
        }
    }

    public override byte[] Mutate(Random random, byte[] known, byte[] other) =>
        [random.Next(8) == 0 || known.Length == 0 ? (byte)random.Next(256) : known[0], .. WireMutator.Mutate(random, Body(known), Body(other))];

    public override byte[]? Without(byte[] body, int part) =>
        body.Length > 0 && WireMutator.Without(Body(body), part) is { } without ? [body[0], .. without] : null;

    public override string Check(byte[] body)
    {
        if (body.Length == 0)
            return "";
        var signal = OtlpSignals.All[body[0] % OtlpSignals.Count];
        var validation = Validate(signal, Body(body));
        var parsed = AssertAgrees(signal, body[1..], validation);
        if (!validation.IsValid)
            return $"{signal} {validation.Fault} {Magnitude(validation.Offset)} {parsed is null}";

        var wire = body[1..];
        AssertOutside(signal, wire, validation);
        var whole = AssertRepair(signal, wire, validation);
        if (signal != OtlpSignal.Profiles)
        {
            // The dearest of the laws.
            if ((body[0] & 0x40) != 0)
                Downstream.AssertJson(signal, whole);
            AssertOversized(wire, 1 << (body[0] >> 4), signal);
            if (!validation.HasUnknownTopLevelField)
                Downstream.AssertPieces(signal, wire, 1 + (body[0] >> 4), 64 << (body[0] >> 5));
            if (signal == OtlpSignal.Traces && !validation.HasUnknownTopLevelField)
                Downstream.AssertGroups(wire, validation.ItemCount);
        }

        var shape = $"{validation.IsCanonical} {validation.HasUnknownTopLevelField} {validation.InvalidUtf8Count > 0}";
        return $"{signal} {Magnitude(validation.ItemCount)} {shape} {OtlpEnvelopeOrder.IsOrdered(signal, wire)}";
    }

    private static ReadOnlySpan<byte> Body(byte[] known) => known.AsSpan(Math.Min(1, known.Length));

    /// <summary>How large, but not how much: what differs by less is no news.</summary>
    private static int Magnitude(int value) => 32 - int.LeadingZeroCount(value);

    private OtlpValidation Validate(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        OtlpValidation? first = null;
        if (_surroundings.Length < body.Length + 128)
            _surroundings = new byte[body.Length + 4096];
        foreach (var poison in Poisons)
        {
            Array.Fill(_surroundings, poison, 0, body.Length + 128);
            body.CopyTo(_surroundings.AsSpan(64));
            var allocated = Validate(signal, body.Length, out var validation);

            // Once, for the runtime itself may allocate while it makes better code of what has run often.
            Law(allocated == 0 || !_isWarm || Validate(signal, body.Length, out _) == 0, "The validator allocates nothing.");
            Law(first is null || first == validation, "The validator sees nothing but the body.");
            first = validation;
        }

        _isWarm = true;
        return first!.Value;
    }

    private long Validate(OtlpSignal signal, int length, out OtlpValidation validation)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        validation = OtlpValidator.Validate(signal, _surroundings.AsSpan(64, length), OtlpLimits.Untrusted);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static IMessage? AssertAgrees(OtlpSignal signal, byte[] body, OtlpValidation validation)
    {
        Law(validation.IsValid || (validation.Offset >= 0 && validation.Offset <= body.Length), "A fault lies in the body.");
        Law(validation.Describe().Length > 0, "A fault has words.");
        if (validation.IsValid)
        {
            var strict = OtlpValidator.Validate(signal, body, Rejecting);
            Law(strict.IsValid == (validation.InvalidUtf8Count == 0), "A strict validator refuses what is not UTF-8.");
        }

        IMessage? parsed = null;
        try
        {
            parsed = OtlpItems.Parse(signal, body);
        }
        catch (InvalidProtocolBufferException)
        {
            Law(!validation.IsValid || validation.InvalidUtf8Count > 0, "What is accepted Google.Protobuf parses.");
            return null;
        }

        // Google.Protobuf drops the upper bits of a tag or length of more than 32 bits, and takes a negative length of a packed list for none;
        // we refuse.
        var isWide = validation.Fault switch
        {
            OtlpFault.BadTag => Varint(body.AsSpan(validation.Offset)) > uint.MaxValue,
            OtlpFault.BadLength => Varint(body.AsSpan(validation.Offset)) > int.MaxValue,
            _ => false,
        };
        if (isWide)
            return parsed;
        Law(validation.IsValid, "What Google.Protobuf parses is accepted.");
        Law(validation.InvalidUtf8Count == 0, "Google.Protobuf refuses what is not UTF-8.");
        Law(OtlpItems.Count(parsed) == validation.ItemCount, "The items are those that Google.Protobuf counts.");
        return parsed;
    }

    private static UInt128 Varint(ReadOnlySpan<byte> varint)
    {
        UInt128 value = 0;
        for (var i = 0; i < Math.Min(varint.Length, 10); i++)
        {
            value |= (UInt128)(varint[i] & 0x7F) << (7 * i);
            if (varint[i] < 0x80)
                break;
        }

        return value;
    }

    private static void AssertOutside(OtlpSignal signal, byte[] body, OtlpValidation validation)
    {
        var outside = OtlpValidator.Validate(signal, body, OtlpLimits.InProcess);
        Law(outside.IsValid && outside.ItemCount == validation.ItemCount, "Looked at from outside a body has as many items.");
        Law(outside.HasUnknownTopLevelField == validation.HasUnknownTopLevelField, "Looked at from outside a body travels as it does.");
    }

    /// <summary>Returns the body as it is handed on.</summary>
    private static byte[] AssertRepair(OtlpSignal signal, byte[] body, OtlpValidation validation)
    {
        if (validation.InvalidUtf8Count == 0)
            return body;
        var output = new ArrayBufferWriter<byte>();
        Law(OtlpUtf8Repair.Repair(signal, body, output) == validation.InvalidUtf8Count, "As much is repaired as was counted.");
        var repaired = OtlpValidator.Validate(signal, output.WrittenSpan, OtlpLimits.Untrusted);
        Law(repaired.IsValid && repaired.InvalidUtf8Count == 0 && repaired.ItemCount == validation.ItemCount, "Repaired, a body is whole.");
        Law(OtlpItems.Count(OtlpItems.Parse(signal, output.WrittenSpan)) == validation.ItemCount, "Repaired, Google.Protobuf parses a body.");
        return output.WrittenSpan.ToArray();
    }

    private static void AssertOversized(byte[] body, int maxItemBytes, OtlpSignal signal)
    {
        var output = new ArrayBufferWriter<byte>();
        OtlpOversizedItems.LeaveOut(body, maxItemBytes, output);
        var rest = OtlpValidator.Validate(signal, output.WrittenSpan, OtlpLimits.Untrusted with { MaxItemBytes = maxItemBytes });
        Law(rest.IsValid && rest.OversizedItemCount == 0, "Without its large items a body has none, and is legal.");
    }
}
