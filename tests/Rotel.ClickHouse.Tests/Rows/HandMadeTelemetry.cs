using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>Values and lists that a random draw hardly ever hits, for telemetry made by hand.</summary>
internal static class HandMadeTelemetry
{
    public const ulong Day = 86_400_000_000_000;

    /// <summary>A moment of 2026 with every digit of its nanoseconds in use.</summary>
    public const ulong Time = 1_780_012_345_123_456_789;

    /// <summary>Numbers of every kind of trouble.</summary>
    public static IReadOnlyList<double> Doubles { get; } =
    [
        0, -0.0, 1, -1.5, 0.1, 1e15, 1e16, 1e-5, 123456789.125, double.Epsilon, double.MaxValue, double.MinValue, double.NaN, -double.NaN,
        BitConverter.UInt64BitsToDouble(0x7FF0_0000_DEAD_BEEF), double.PositiveInfinity, double.NegativeInfinity,
    ];

    /// <summary>The first ulong that DateTime64(9) cannot hold is 2^63.</summary>
    public static IReadOnlyList<ulong> Times { get; } =
        [0, 1, 999, 1_000_000_000, Day - 1, Day, Time, 4_102_444_800_000_000_000, long.MaxValue - 1, long.MaxValue, 1UL << 63, ulong.MaxValue];

    public static AnyValue Text(string value) => new() { StringValue = value };

    public static KeyValue Pair(string key, AnyValue? value) => new() { Key = key, Value = value };

    public static KeyValue Pair(string key, string value) => Pair(key, Text(value));

    public static KeyValue Pair(string key, long value) => Pair(key, new AnyValue { IntValue = value });

    public static AnyValue Array(params IEnumerable<AnyValue> values) => new() { ArrayValue = new ArrayValue { Values = { values } } };

    public static AnyValue Map(params IEnumerable<KeyValue> entries) => new() { KvlistValue = new KeyValueList { Values = { entries } } };

    /// <summary>A value in so many arrays, or in so many lists of keys and values.</summary>
    public static AnyValue Nested(int depth, bool asMap)
    {
        var value = Text("inmost");
        for (; depth > 0; depth--)
            value = asMap ? Map(Pair($"k{depth}", value)) : Array(value);
        return value;
    }

    /// <summary>Attributes that show every kind of value, in no order.</summary>
    public static IEnumerable<KeyValue> EveryKind()
    {
        yield return Pair("text", "naïve – ✓ 漢字 🚀 \"quoted\" back\\slash 'single'");
        yield return Pair("control", "\u0000\u0001\b\t\n\f\r\u001f\u007f\u0085\u2028");
        yield return Pair("empty", "");
        yield return Pair("looks.like.a.number", "0012");
        yield return Pair("looks.like.a.date", "2026-05-28 12:00:00");
        yield return Pair("looks.like.json", "{\"a\":[1]}");
        yield return Pair("int", 42);
        yield return Pair("smallest", long.MinValue);
        yield return Pair("largest", long.MaxValue);
        yield return Pair("yes", new AnyValue { BoolValue = true });
        yield return Pair("no", new AnyValue { BoolValue = false });
        yield return Pair("bytes", new AnyValue { BytesValue = ByteString.CopyFrom(0, 1, 0xFE, 0xFF) });
        yield return Pair("bytes.none", new AnyValue { BytesValue = ByteString.Empty });
        yield return Pair("nothing", new AnyValue());
        yield return Pair("absent", (AnyValue?)null);
        yield return Pair("array", Array(Text("x"), new AnyValue { IntValue = 1 }, new AnyValue { DoubleValue = 0.5 }, new AnyValue { BoolValue = true }, new AnyValue()));
        yield return Pair("array.ints", Array(new AnyValue { IntValue = 1 }, new AnyValue { IntValue = -2 }));
        yield return Pair("array.none", Array());
        yield return Pair("map", Map(Pair("b", "x"), Pair("a", 1), Pair("", "no name"), Pair("inner", Map(Pair("deep", Array(Map(Pair("deeper", "y"))))))));
        yield return Pair("map.none", Map());
        foreach (var (number, index) in Doubles.Select((number, index) => (number, index)))
            yield return Pair($"double{index}", new AnyValue { DoubleValue = number });
        for (var depth = 1; depth <= 6; depth++)
        {
            yield return Pair($"arrays{depth}", Nested(depth, asMap: false));
            yield return Pair($"maps{depth}", Nested(depth, asMap: true));
        }
    }

    /// <summary>Keys out of order, some of them twice, some that sort otherwise in UTF-16 than in UTF-8, and one that is empty.</summary>
    public static IEnumerable<KeyValue> OddKeys()
    {
        yield return Pair("z", "last");
        yield return Pair("\uE000", "before an astral one in UTF-8, behind it in UTF-16");
        yield return Pair("\U0001F680", "astral");
        yield return Pair("a", "first");
        yield return Pair("", "no name");
        yield return Pair("twice", "one");
        yield return Pair("é", "accent");
        yield return Pair("twice", 2);
        yield return Pair("a b`\"'\\", "quotes");
        yield return Pair("A", "upper case");
        yield return Pair("twice", "three");
    }

    public static Resource Service(string name) => new() { Attributes = { Pair("service.name", name) } };

    public static ExportTraceServiceRequest Spans(Resource? resource, InstrumentationScope? scope, params IEnumerable<Span> spans) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans { Resource = resource, SchemaUrl = "https://r", ScopeSpans = { new ScopeSpans { Scope = scope, Spans = { spans } } } },
        },
    };

    public static ByteString Id(int length) => ByteString.CopyFrom([.. Enumerable.Range(0xA0, length).Select(value => (byte)value)]);
}
