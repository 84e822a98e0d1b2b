using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Otlp.Readers;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Records;

public sealed class ResourceKeyTests
{
    [Fact]
    public void Hash_IsTheSameInEveryVersion()
    {
        // Partitions of running systems depend on these numbers.
        var service = new Resource
        {
            Attributes =
            {
                Pair("service.name", new AnyValue { StringValue = "orders" }),
                Pair("service.instance", new AnyValue { IntValue = 7 }),
                Pair("tags", List(new AnyValue { BoolValue = true }, new AnyValue { DoubleValue = 0.5 })),
            },
        };

        Assert.Equal("f2d449139772cda9", System.Text.Encoding.ASCII.GetString(RecordKey.Of(Hash(service))));
    }

    [Fact]
    public void Hash_OfAnyAttributes_DependsOnNeitherOrderNorEncoding()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 2_000; seed++)
        {
            var random = new Random(seed);
            var generator = new TelemetryGenerator(seed, new TelemetrySize { ListLength = 5, ValueDepth = 5 });
            var resource = (Resource)generator.Draw(Resource.Descriptor);
            var attributes = resource.Attributes.Select(Shuffled).ToArray();
            random.Shuffle(attributes);
            var other = new Resource { DroppedAttributesCount = 9, Attributes = { attributes } };
            var reshaped = new WireReshaper(seed).Reshape(other.ToByteArray(), Resource.Descriptor).Bytes;

            Assert.True(Hash(resource) == ResourceKey.Hash(ResourceReader.Read(reshaped).Attributes), $"{FreshSeed.Variable}={seed}");

            KeyValue Shuffled(KeyValue pair)
            {
                var copy = pair.Clone();
                if (copy.Value?.KvlistValue is not { } list)
                    return copy;
                var pairs = list.Values.ToArray();
                random.Shuffle(pairs);
                list.Values.Clear();
                list.Values.Add(pairs);
                return copy;
            }
        }
    }

    [Fact]
    public void Hash_TellsKindsAndPlacesApart()
    {
        var one = new AnyValue { IntValue = 1 };
        var two = new AnyValue { IntValue = 2 };
        AnyValue[] values =
        [
            one, two, new() { StringValue = "1" }, new() { BytesValue = ByteString.CopyFromUtf8("1") }, new() { BoolValue = true },
            new() { DoubleValue = 1 }, new(), new() { StringValue = "" }, new() { BytesValue = ByteString.Empty }, new() { IntValue = 0 },
            new() { BoolValue = false }, new() { DoubleValue = 0 }, List(), new() { KvlistValue = new() },
            List(one), List(one, two), List(two, one), List(List(one)), List(List(one), List()), List(List(), List(one)),
            new() { KvlistValue = new() { Values = { Pair("1", one) } } },
            new() { KvlistValue = new() { Values = { Pair("1", one), Pair("1", one) } } },
        ];
        var resources = values.Select(value => new Resource { Attributes = { Pair("a", value) } })
            .Append(new Resource { Attributes = { Pair("a", one), Pair("a", one) } })
            .Append(new Resource { Attributes = { Pair("a", one), Pair("b", two) } })
            .Append(new Resource { Attributes = { Pair("a", two), Pair("b", one) } });

        var hashes = resources.Select(Hash).ToList();

        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    private static AnyValue List(params AnyValue[] values) => new() { ArrayValue = new ArrayValue { Values = { values } } };

    private static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };

    private static ulong Hash(Resource resource) => ResourceKey.Hash(ResourceReader.Read(resource.ToByteArray()).Attributes);
}
