using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;
using Rotel.Otlp.Wire;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Text;

public class AttributeTextTests
{
    /// <summary>Each value, its text, and what it is inside of JSON.</summary>
    public static TheoryData<AnyValue, string, string> Values => new()
    {
        { new AnyValue(), string.Empty, "null" },
        { new AnyValue { StringValueStrindex = 7 }, string.Empty, "null" },
        { Text(string.Empty), string.Empty, "\"\"" },
        { Text("größer \"als\" 5 €"), "größer \"als\" 5 €", """ "größer \"als\" 5 €" """ },
        { Text("a\\b\r\n\t\b\f\0\u001f\u007f"), "a\\b\r\n\t\b\f\0\u001f\u007f", "\"a\\\\b\\r\\n\\t\\u0008\\u000c\\u0000\\u001f\u007f\"" },
        { Text("<🦊&日本>"), "<🦊&日本>", "\"<🦊&日本>\"" },
        { new AnyValue { BoolValue = true }, "true", "true" },
        { new AnyValue { BoolValue = false }, "false", "false" },
        { new AnyValue { IntValue = 0 }, "0", "0" },
        { new AnyValue { IntValue = long.MinValue }, "-9223372036854775808", "-9223372036854775808" },
        { new AnyValue { IntValue = long.MaxValue }, "9223372036854775807", "9223372036854775807" },
        { Number(1), "1", "1" },
        { Number(-0.0), "-0", "-0" },
        { Number(0.1), "0.1", "0.1" },
        { Number(double.MaxValue), "1.7976931348623157E+308", "1.7976931348623157E+308" },
        { Number(-2.2250738585072014E-308), "-2.2250738585072014E-308", "-2.2250738585072014E-308" },
        { Number(double.NaN), "NaN", "\"NaN\"" },
        { Number(double.PositiveInfinity), "Infinity", "\"Infinity\"" },
        { Number(double.NegativeInfinity), "-Infinity", "\"-Infinity\"" },
        { new AnyValue { BytesValue = ByteString.Empty }, string.Empty, "\"\"" },
        { new AnyValue { BytesValue = ByteString.CopyFrom(0xfb, 0xff, 0x01, 0x02) }, "+/8BAg==", "\"+/8BAg==\"" },
        { new AnyValue { ArrayValue = new ArrayValue() }, "[]", "[]" },
        { new AnyValue { KvlistValue = new KeyValueList() }, "{}", "{}" },
        { List(Text("x"), new AnyValue { IntValue = 1 }, new AnyValue()), """["x",1,null]""", """["x",1,null]""" },
        { Map(("a", Map(("b", new AnyValue { IntValue = 1 })))), """{"a":{"b":1}}""", """{"a":{"b":1}}""" },
        { Map(("", Number(double.NaN)), ("k\"", List(List()))), """{"":"NaN","k\"":[[]]}""", """{"":"NaN","k\"":[[]]}""" },
        { Map(("a", Text("1")), ("a", Text("2"))), """{"a":"1","a":"2"}""", """{"a":"1","a":"2"}""" },
        { new AnyValue { KvlistValue = new KeyValueList { Values = { new KeyValue { Key = "none" } } } },
            """{"none":null}""", """{"none":null}""" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Write_AnyKind_IsItsText(AnyValue value, string text, string json)
    {
        Assert.Equal(text, Written(value));
        Assert.Equal(json.Trim(' '), WrittenJson(value));
    }

    /// <summary>System.Text.Json reads what was written, and Google.Protobuf's objects say what that has to be.</summary>
    [Fact]
    public void WriteJson_DrawnValues_ReadBackAsTheSameTree()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var value = new TelemetryGenerator(seed, new TelemetrySize { ValueDepth = 4 }).Value();
            var json = WrittenJson(value);

            using (var parsed = JsonDocument.Parse(json))
                Assert.True(Matches(value, parsed.RootElement), $"seed {seed}: {value} became {json}");
            if (value.ValueCase is AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue)
                Assert.Equal(json, Written(value));
            if (value.ValueCase == AnyValue.ValueOneofCase.DoubleValue)
                Assert.Equal(value.DoubleValue, double.Parse(Written(value), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>32 control characters, the quotation mark and the backslash, which is one more backslash.</summary>
    [Fact]
    public void WriteJson_EveryCharacter_IsEscapedOnlyWhereJsonDemandsIt()
    {
        for (var first = 0; first < 0x3000; first += 0x100)
        {
            var text = string.Concat(Enumerable.Range(first, 0x100).Select(i => (char)i));
            var json = WrittenJson(Text(text));

            Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
            Assert.Equal(first == 0 ? 32 + 2 + 1 : 0, json.Count(c => c == '\\'));
        }
    }

    [Fact]
    public void Write_ManyValues_AreAppended()
    {
        using var text = new PooledBytes(new BufferPool(new ByteBudget(1024 * 1024)));
        foreach (var (value, _, _) in Values.Select(row => row.Data))
            AttributeText.Write(AnyValueReader.Read(value.ToByteArray()), text);

        Assert.Equal(string.Concat(Values.Select(row => row.Data.Item2)), Encoding.UTF8.GetString(text.Span));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void WriteJson_NestedValues_AreWrittenToTheLimitOfDepth(int depth, bool isWritten)
    {
        var value = Text("x");
        for (var level = 1; level < depth; level++)
            value = level % 2 == 0 ? List(value) : Map(("k", value));

        if (isWritten)
            Assert.Contains("\"x\"", Written(value), StringComparison.Ordinal);
        else
            Assert.Throws<WireFormatException>(() => Written(value));
    }

    [Fact]
    public void Write_InAnotherCulture_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture =
            new CultureInfo(string.Empty) { NumberFormat = { NegativeSign = "minus", NumberDecimalSeparator = "," } };
        try
        {
            Assert.Equal("[-1,-1.5]", Written(List(new AnyValue { IntValue = -1 }, Number(-1.5))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Written(AnyValue value)
    {
        using var text = new PooledBytes(new BufferPool(new ByteBudget(64 * 1024 * 1024)));
        AttributeText.Write(AnyValueReader.Read(value.ToByteArray()), text);
        return Encoding.UTF8.GetString(text.Span);
    }

    private static string WrittenJson(AnyValue value)
    {
        using var text = new PooledBytes(new BufferPool(new ByteBudget(64 * 1024 * 1024)));
        AttributeText.WriteJson(AnyValueReader.Read(value.ToByteArray()), text);
        return Encoding.UTF8.GetString(text.Span);
    }

    private static bool Matches(AnyValue value, JsonElement json) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => json.ValueEquals(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => json.GetBoolean() == value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => json.GetInt64() == value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue when double.IsFinite(value.DoubleValue) => json.GetDouble().Equals(value.DoubleValue),
        AnyValue.ValueOneofCase.DoubleValue => json.ValueEquals(value.DoubleValue.ToString(CultureInfo.InvariantCulture)),
        AnyValue.ValueOneofCase.BytesValue => json.GetBytesFromBase64().AsSpan().SequenceEqual(value.BytesValue.Span),
        AnyValue.ValueOneofCase.ArrayValue => MatchesAll(value.ArrayValue.Values, [.. json.EnumerateArray()], Matches),
        AnyValue.ValueOneofCase.KvlistValue => MatchesAll(value.KvlistValue.Values, [.. json.EnumerateObject()], Matches),
        _ => json.ValueKind == JsonValueKind.Null,
    };

    private static bool Matches(KeyValue pair, JsonProperty json) =>
        json.NameEquals(pair.Key) && Matches(pair.Value ?? new AnyValue(), json.Value);

    private static bool MatchesAll<TValue, TJson>(IList<TValue> values, TJson[] elements, Func<TValue, TJson, bool> matches) =>
        values.Count == elements.Length && values.Zip(elements).All(pair => matches(pair.First, pair.Second));

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static AnyValue Number(double number) => new() { DoubleValue = number };

    private static AnyValue List(params ReadOnlySpan<AnyValue> values)
    {
        var list = new ArrayValue();
        foreach (var value in values)
            list.Values.Add(value);
        return new AnyValue { ArrayValue = list };
    }

    private static AnyValue Map(params ReadOnlySpan<(string Key, AnyValue Value)> pairs)
    {
        var list = new KeyValueList();
        foreach (var (key, value) in pairs)
            list.Values.Add(new KeyValue { Key = key, Value = value });
        return new AnyValue { KvlistValue = list };
    }
}
