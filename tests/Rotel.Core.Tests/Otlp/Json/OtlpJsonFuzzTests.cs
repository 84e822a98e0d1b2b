using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>
/// Texts changed at random: none throws or keeps a buffer; each gives a fault at an offset inside it, or wire form that the validator
/// accepts and Google.Protobuf parses; and what System.Text.Json does not parse is never accepted.
/// </summary>
public sealed class OtlpJsonFuzzTests
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "0", "1e400", "1e99999999999999999999", "\"\\ud800\"", "\\u00", "{}",
        "[]", "\"NaN\"", "\u0000", "\uFEFF", "//", "/**/", "\"stringValue\"", "\"traceId\":\"\",", "18446744073709551616", "\"=\"",
        "\"\\/\"", "1.0",
    ];

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1_000 };

    [Fact]
    public void Read_AlteredTexts_AreRefusedOrRead() => AssertSafe(firstSeed: 1, bodies: 6_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Read_ThousandsOfFreshAlteredTexts_AreRefusedOrRead()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        AssertSafe(FreshSeed.Value, bodies: 50_000);
    }

    private static void AssertSafe(int firstSeed, int bodies)
    {
        var size = new TelemetrySize { Resources = 2, Scopes = 2, Items = 2, Points = 2, ListLength = 2, ValueDepth = 2 };
        var refused = 0;
        for (var seed = firstSeed; seed < firstSeed + bodies; seed++)
        {
            var signal = OtlpSignals.All[seed % OtlpSignals.Count];
            var text = Encoding.UTF8.GetBytes(new JsonRendition(seed).Write(new TelemetryGenerator(seed, size).Request(signal)));
            refused += IsRefused(seed, signal, Alter(seed, text)) ? 1 : 0;
        }

        Assert.InRange(refused, bodies / 4, bodies * 99 / 100);
    }

    private static bool IsRefused(int seed, OtlpSignal signal, byte[] text)
    {
        // A copy of its own length: what reads past the end would leave the array.
        var budget = new ByteBudget(64 * 1024 * 1024);
        OtlpJsonReading reading;
        try
        {
            reading = OtlpJsonReader.Read(signal, text, new BufferPool(budget), maxLength: 4 * 1024 * 1024, OtlpLimits.Untrusted);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}: {Encoding.UTF8.GetString(text)}", exception);
        }

        if (!reading.IsRead)
        {
            Assert.True(reading.Offset >= 0 && reading.Offset <= text.Length, $"seed {seed}: {reading.Offset} of {text.Length}");
            Assert.True(reading.Path!.Length <= OtlpJsonPath.MaxLength, $"seed {seed}: {reading.Path}");
            Assert.False(string.IsNullOrEmpty(reading.Describe()));
            Assert.True(budget.Reserved == 0, $"seed {seed}");
            return true;
        }

        using var buffer = reading.Buffer!;
        var wire = buffer.Span[..reading.Length];
        Assert.True(IsJson(text), $"seed {seed}: {Encoding.UTF8.GetString(text)}");
        var validation = OtlpValidator.Validate(signal, wire, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid, $"seed {seed}: {validation.Describe()}");
        if (validation.InvalidUtf8Count > 0)
        {
            var repaired = new ArrayBufferWriter<byte>();
            OtlpUtf8Repair.Repair(signal, wire, repaired);
            wire = repaired.WrittenSpan.ToArray();
        }

        try
        {
            Assert.Equal(validation.ItemCount, OtlpItems.Count(OtlpItems.Parse(signal, wire)));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidOperationException($"seed {seed}: {Encoding.UTF8.GetString(text)}", exception);
        }

        return false;
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

    private static byte[] Alter(int seed, byte[] text)
    {
        var random = new Random(seed);
        var altered = text.ToList();
        for (var changes = random.Next(4); changes > 0 && altered.Count > 0; changes--)
        {
            var at = random.Next(altered.Count);
            switch (random.Next(7))
            {
                case 0:
                    altered.RemoveAt(at);
                    break;
                case 1:
                    altered[at] = (byte)random.Next(256);
                    break;
                case 2:
                    altered[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    altered.RemoveRange(at, altered.Count - at);
                    break;
                case 4:
                    var length = random.Next(Math.Min(200, altered.Count - at));
                    altered.InsertRange(random.Next(altered.Count), altered.GetRange(at, length));
                    break;
                default:
                    altered.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
            }
        }

        return [.. altered];
    }
}
