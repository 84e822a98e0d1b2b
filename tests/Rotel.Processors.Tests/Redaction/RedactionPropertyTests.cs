using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Redaction;

/// <summary>
/// The processor against <see cref="ReferenceRedaction"/>, on telemetry of every field, in any legal encoding, with any options.
/// </summary>
public sealed class RedactionPropertyTests
{
    // The generator's texts, keys among them, are few, and these hit them.
    private static readonly string[] Keys =
    [
        "", "a", "http.request.method", "GET /api/v1/orders/{id}", "größer als 5 €", "日本語のログ", "🦊🚀 emoji", "redaction.span.masked_keys.count",
    ];

    // Among them what only the engine that backtracks can do, matches of nothing, and matches of half a character.
    private static readonly string[] Patterns =
    [
        "a", "x{3}", @"\d", "^GET", "größer", @"\s", "日本|مر", "(?=x)", @"(.)\1", @"(?<=/)\w+", "[^ -~]", "emoji$", @"\b[a-z]+\b", "(?i)api",
        @"\uD83E", @"[\uDC00-\uDFFF]", @"[\x00-\x1f]+", @"\p{L}{4,}", "(?s).{40}",
    ];

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Telemetry_OfAnyFieldsInAnyEncoding_IsRedactedAsTheReferenceDoes(OtlpSignal signal)
    {
        var changed = 0;
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 250; seed++)
        {
            var random = new Random(seed);
            var request = new TelemetryGenerator(seed).Request(signal);
            var options = Draw(random);
            if (random.Next(2) == 0)
                AddEarlierSummaries(request, random);
            var body = request.ToByteArray();
            if (random.Next(3) != 0)
                body = new WireReshaper(seed).Reshape(body, OtlpItems.Descriptor(signal)).Bytes;
            var bench = new RedactionBench(signal, options);
            if (!bench.IsNeeded)
                continue;

            var written = bench.Process(body, out var isSame);

            var expected = OtlpItems.Parse(signal, body);
            if (written.Length == 0)
                continue;
            new ReferenceRedaction(options).Apply(expected);
            Assert.True(expected.Equals(OtlpItems.Parse(signal, written)), $"seed {seed}");
            Assert.True(OtlpValidator.Validate(signal, written, OtlpLimits.Untrusted).IsValid, $"seed {seed}");
            Assert.True(!isSame || body.AsSpan().SequenceEqual(written), $"seed {seed}");
            Assert.Equal(0, bench.Reserved);
            Assert.Empty(bench.Log.Lines);
            changed += isSame ? 0 : 1;
        }

        Assert.InRange(changed, 50, 250);
    }

    private static RedactionOptions Draw(Random random)
    {
        var options = new RedactionOptions
        {
            AllowAllKeys = random.Next(3) != 0,
            HashFunction = random.Next(2) == 0 ? RedactionHash.None : (RedactionHash)random.Next(1, 6),
            Summary = (RedactionSummary)random.Next(3),
        };
        options.AllowedKeys.UnionWith(Some(Keys, random));
        options.IgnoredKeys.UnionWith(random.Next(2) == 0 ? Some(Keys, random).Take(2) : []);
        foreach (var pattern in random.Next(2) == 0 ? Some(Patterns, random) : [])
            options.BlockedKeyPatterns.Add(pattern);
        foreach (var pattern in Some(Patterns, random))
            options.BlockedValues.Add(pattern);
        foreach (var pattern in random.Next(2) == 0 ? Some(Patterns, random).Take(1) : [])
            options.AllowedValues.Add(pattern);
        return options;
    }

    private static string[] Some(string[] all, Random random) => [.. all.OrderBy(_ => random.Next()).Take(random.Next(5))];

    /// <summary>Puts attributes that an earlier processor may have written, or that look like it, into lists of attributes.</summary>
    private static void AddEarlierSummaries(IMessage message, Random random)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (value is RepeatedField<KeyValue> attributes && message is not KeyValueList)
            {
                var kind = message.Descriptor.Name switch
                {
                    "LogRecord" when random.Next(2) == 0 => "body.masked",
                    "LogRecord" => "log.masked_keys",
                    "Span" => "span.masked_keys",
                    "Resource" => "resource.allowed_keys",
                    _ => "event.redacted_keys",
                };
                Add($"redaction.{kind}.{(kind.StartsWith("body", StringComparison.Ordinal) ? "keys" : "names")}");
                Add($"redaction.{kind}.count");
                void Add(string key)
                {
                    for (var count = random.Next(3); count > 0; count--)
                        attributes.Insert(random.Next(attributes.Count + 1), new KeyValue { Key = key, Value = EarlierValue(random) });
                }
            }

            if (value is IList list)
            {
                foreach (var element in list.OfType<IMessage>())
                    AddEarlierSummaries(element, random);
            }
            else if (value is IMessage child)
            {
                AddEarlierSummaries(child, random);
            }
        }
    }

    private static AnyValue? EarlierValue(Random random) => random.Next(8) switch
    {
        0 => null,
        1 => new AnyValue(),
        2 => new AnyValue { StringValue = "b,a,,http.request.method" },
        3 => new AnyValue { DoubleValue = 3.7 },
        6 => new AnyValue { StringValue = "GET /api/v1/orders" },
        7 => new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "GET a" } } } },
        4 => new AnyValue { IntValue = long.MaxValue },
        _ => new AnyValue { IntValue = 5 },
    };
}
