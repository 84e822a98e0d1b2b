using Google.Protobuf.Reflection;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>The table against the .proto files: every field of every message, and nothing else.</summary>
public sealed class OtlpJsonSchemaTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Profiles)]
    [Proves("json.oracle")]
    public void Schema_OfASignal_IsItsDescriptors(OtlpSignal signal)
    {
        var seen = new Dictionary<MessageDescriptor, OtlpJsonMessage>();

        AssertMessage(OtlpItems.Descriptor(signal), OtlpJsonSchema.Request(signal), seen);

        Assert.All(seen.Values, message => Assert.InRange(message.Index, 0, OtlpJsonSchema.MessageCount - 1));
        Assert.Equal(seen.Count, seen.Values.Select(message => message.Index).Distinct().Count());
    }

    private static void AssertMessage(
        MessageDescriptor expected, OtlpJsonMessage actual, Dictionary<MessageDescriptor, OtlpJsonMessage> seen)
    {
        if (!seen.TryAdd(expected, actual))
        {
            Assert.Same(seen[expected], actual);
            return;
        }

        var fields = expected.Fields.InFieldNumberOrder();
        Assert.Equal(
            fields.Select(f => (f.JsonName, f.FieldNumber, KindOf(f), f.IsRepeated, IsPacked: f.IsRepeated && IsNumber(f))),
            actual.Fields.ToArray().OrderBy(f => f.Number).Select(f => (f.Key, f.Number, f.Kind, f.IsRepeated, f.IsPacked)));
        foreach (var field in fields)
        {
            var row = Assert.Single(actual.Fields.ToArray(), f => f.Number == field.FieldNumber);
            if (field.FieldType == FieldType.Message)
                AssertMessage(field.MessageType, row.Message!, seen);
            if (field.FieldType == FieldType.Enum)
                Assert.Equal(field.EnumType.Values.Select(v => (v.Number, v.Name)), row.EnumNames!.Index());
        }
    }

    private static bool IsNumber(FieldDescriptor field) =>
        field.FieldType is not (FieldType.Message or FieldType.String or FieldType.Bytes);

    private static OtlpJsonKind KindOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bytes => field.Name is "trace_id" or "span_id" or "parent_span_id" or "profile_id" ? OtlpJsonKind.Id : OtlpJsonKind.Bytes,
        var type => Enum.Parse<OtlpJsonKind>(type.ToString()),
    };
}
