using System.Text;
using System.Text.Json;
using Rotel.Core.Tests.Otlp.Json;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit.Fuzzing;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>The reader of OTLP/JSON on any text. A case is a byte that names the signal and how much room there is, then the text.</summary>
/// <remarks>
/// The laws: nothing throws and nothing rented is kept; a refusal lies in the text and has words of bounded length; what is read is JSON to
/// System.Text.Json, is legal wire form to the validator, no longer than it may be, and to Google.Protobuf the message that its own JSON
/// parser makes of the text, where that takes it; with less room the same text is read the same, or refused for want of room, and then read
/// once there is room.
/// </remarks>
internal sealed class JsonFuzz : FuzzTarget
{
    private const int MaxLength = 1024 * 1024;
    private const int BudgetLength = 16 * 1024 * 1024;

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 2_000 };

    private readonly BufferPool _pool = new(new ByteBudget(BudgetLength));

    public override string Name => "json";

    public override IEnumerable<byte[]> Seeds(int seed)
    {
        var small = new TelemetrySize { Resources = 2, Scopes = 2, Items = 2, Points = 2, ListLength = 2, ValueDepth = 2 };
        for (var i = 0; i < 400; i++)
        {
            var request = new TelemetryGenerator(seed + i, small).Request(OtlpSignals.All[i % OtlpSignals.Count]);
            yield return [(byte)i, .. Encoding.UTF8.GetBytes(new JsonRendition(seed + i).Write(request))];
        }
    }

    public override byte[] Mutate(Random random, byte[] known, byte[] other) =>
        [random.Next(8) == 0 || known.Length == 0 ? (byte)random.Next(256) : known[0], .. JsonMutator.Mutate(random, Text(known), Text(other))];

    public override byte[]? Without(byte[] body, int part) =>
        body.Length > 0 && JsonMutator.Without(Text(body), part) is { } without ? [body[0], .. without] : null;

    public override string Check(byte[] body)
    {
        if (body.Length == 0)
            return "";
        var signal = OtlpSignals.All[body[0] % OtlpSignals.Count];
        var text = body[1..];
        var reading = Read(signal, text, _pool, MaxLength);
        if (!reading.IsRead)
        {
            AssertRefusal(reading, text);
            return $"{signal} {reading.Fault} {LastKey(reading.Path!)} {reading.Expected?.Length}";
        }

        using var buffer = reading.Buffer!;
        var wire = buffer.Span[..reading.Length].ToArray();
        Law(wire.Length <= MaxLength, "Wire form is no longer than it may be.");
        Law(_pool.Budget.Reserved == buffer.Capacity, "One buffer is rented for what was read.");
        Law(IsJson(text), "What is read is JSON.");
        var validation = OtlpValidator.Validate(signal, wire, OtlpLimits.Untrusted);
        Law(validation.IsValid, "What is read is legal.");
        if ((body[0] & 0x30) == 0)
            AssertNarrow(signal, text, wire, 64 << (body[0] >> 6 << 2));
        if (validation.InvalidUtf8Count > 0)
            return $"{signal} not UTF-8";

        var parsed = OtlpItems.Parse(signal, wire);
        Law(OtlpItems.Count(parsed) == validation.ItemCount, "What is read has the items that Google.Protobuf counts.");
        var compared = GoogleJson.TryParse(signal, text, out var expected);
        Law(!compared || parsed.Equals(expected) || parsed.ToString() == expected!.ToString(), "What is read is what Google.Protobuf makes of it.");
        return $"{signal} {32 - int.LeadingZeroCount(validation.ItemCount)} {validation.IsCanonical} {compared} {32 - int.LeadingZeroCount(wire.Length)}";
    }

    private static ReadOnlySpan<byte> Text(byte[] known) => known.AsSpan(Math.Min(1, known.Length));

    private static OtlpJsonReading Read(OtlpSignal signal, byte[] text, BufferPool pool, int maxLength)
    {
        var reading = OtlpJsonReader.Read(signal, text, pool, maxLength, OtlpLimits.Untrusted);
        Law(reading.IsRead || (reading.Buffer is null && pool.Budget.Reserved == 0), "Nothing rented is kept after a refusal.");
        return reading;
    }

    private static void AssertRefusal(OtlpJsonReading reading, byte[] text)
    {
        Law(reading.Offset >= 0 && reading.Offset <= text.Length, "A fault lies in the text.");
        Law(reading.Path!.Length <= OtlpJsonPath.MaxLength, "A path is of bounded length.");
        Law(reading.Describe().Length is > 0 and < 1_000, "A fault has words, and not many.");
        Law(reading.Fault is not OtlpJsonFault.NoRoom, "There was room.");
    }

    /// <summary>The key in which it is, without places in lists.</summary>
    private static string LastKey(string path) => path[(path.LastIndexOf('.') + 1)..].Split('[')[0];

    /// <summary>Reads again, where it is longer than it may be, and then where others hold what it needs until it has asked.</summary>
    private static void AssertNarrow(OtlpSignal signal, byte[] text, byte[] wire, int room)
    {
        var pool = new BufferPool(new ByteBudget(BudgetLength));
        if (wire.Length > 0)
            Law(Read(signal, text, pool, wire.Length - 1).Fault == OtlpJsonFault.TooLarge, "What is longer than it may be is refused.");

        var held = BudgetLength - room;
        Law(pool.Budget.TryReserve(held), "The budget is free.");
        var reading = OtlpJsonReader.Read(signal, text, pool, MaxLength, OtlpLimits.Untrusted);
        for (var waits = 0; reading.Fault == OtlpJsonFault.NoRoom; waits++)
        {
            Law(waits < 32 && reading.RoomNeeded > 0, "Who waits for room gets on.");
            pool.Budget.Release(held);
            held = 0;
            Law(pool.TryRent(reading.RoomNeeded, out var larger), "There is room now.");
            reading = OtlpJsonReader.Read(signal, text, pool, MaxLength, OtlpLimits.Untrusted, larger);
        }

        Law(reading.IsRead && reading.Buffer!.Span[..reading.Length].SequenceEqual(wire), "With little room the same is read.");
        reading.Buffer!.Dispose();
        Law(pool.Budget.Reserved == held, "Nothing rented is kept.");
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text.StartsWith("\uFEFF"u8) ? text[3..] : text, Deep);
        try
        {
            while (json.Read())
            {
                // To the end.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
