using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>Attribute lists as the table's column should hold them.</summary>
/// <param name="form">Map or JSON.</param>
/// <param name="maxDepth">The exporter's <c>nested_kv_max_depth</c>; means something in JSON only.</param>
internal sealed class ExpectedAttributes(AttributeForm form, int maxDepth = 3)
{
    public AttributeForm Form => form;

    public string Of(RepeatedField<KeyValue>? attributes) =>
        form == AttributeForm.Map ? Map(attributes ?? []) : Json(attributes ?? []);

    /// <summary>The keys alone, as the JSON variant keeps them beside some columns.</summary>
    public static string Keys(RepeatedField<KeyValue>? attributes) =>
        CellText.Array(Sorted(attributes ?? []).Select(entry => entry.Key).Distinct().Select(CellText.Of));

    private static string Map(RepeatedField<KeyValue> attributes) =>
        CellText.Map(Sorted(attributes).Select(entry => (CellText.Of(entry.Key), CellText.Of(ExpectedText.Of(entry.Value)))));

    // By the bytes of the keys; entries of one key keep their order.
    private static IEnumerable<KeyValue> Sorted(RepeatedField<KeyValue> attributes) => attributes.OrderBy(
        entry => System.Text.Encoding.UTF8.GetBytes(entry.Key),
        Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other)));

    private string Json(RepeatedField<KeyValue> attributes)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        AddPaths(paths, "", attributes, depth: 1);
        return CellText.Json(paths.Select(path => (path.Key, path.Value)));
    }

    private void AddPaths(Dictionary<string, string> paths, string prefix, RepeatedField<KeyValue> entries, int depth)
    {
        foreach (var entry in entries)
        {
            var path = prefix + entry.Key;
            Remove(paths, path);
            if (entry.Value?.ValueCase == AnyValue.ValueOneofCase.KvlistValue && depth <= maxDepth)
                AddPaths(paths, path + ".", entry.Value.KvlistValue.Values, depth + 1);
            else if (Typed(entry.Value, depth) is not DynamicValue.Null and var value)
                paths[path] = value;
        }
    }

    // The last of several entries of one key stands: what an earlier one, or its members, had said is gone.
    private static void Remove(Dictionary<string, string> paths, string path)
    {
        foreach (var member in paths.Keys.Where(key => key == path || key.StartsWith(path + ".", StringComparison.Ordinal)).ToList())
            paths.Remove(member);
    }

    private string Typed(AnyValue? value, int depth) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => DynamicValue.Text(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => DynamicValue.Boolean(value.BoolValue),
        AnyValue.ValueOneofCase.IntValue => DynamicValue.Number(value.IntValue),
        AnyValue.ValueOneofCase.DoubleValue => DynamicValue.Number(value.DoubleValue),
        AnyValue.ValueOneofCase.BytesValue => DynamicValue.Text(value.BytesValue.ToBase64()),
        AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue when depth > maxDepth =>
            DynamicValue.Text(ExpectedText.Json(value)),
        AnyValue.ValueOneofCase.ArrayValue => CellText.Array(value.ArrayValue.Values.Select(element => Typed(element, depth + 1))),
        AnyValue.ValueOneofCase.KvlistValue => CellText.Json(
            value.KvlistValue.Values.GroupBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entries => (entries.Key, Typed(entries.Last().Value, depth + 1)))
                .Where(entry => entry.Item2 != DynamicValue.Null)),
        _ => DynamicValue.Null,
    };
}
