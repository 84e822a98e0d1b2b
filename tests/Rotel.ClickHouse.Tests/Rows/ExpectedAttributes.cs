using System.Collections.Immutable;
using System.Text;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>Attribute lists as the table's column should hold them.</summary>
/// <param name="form">Map or JSON.</param>
/// <param name="maxDepth">The exporter's <c>nested_kv_max_depth</c>; means something in JSON only.</param>
internal sealed class ExpectedAttributes(AttributeForm form, int maxDepth = 3)
{
    private static readonly Utf8Comparer Utf8Order = new();

    public AttributeForm Form => form;

    public string Of(RepeatedField<KeyValue>? attributes) =>
        form == AttributeForm.Map ? Map(attributes ?? []) : Json(attributes ?? []);

    /// <summary>The paths alone, in the order of their bytes, as the JSON variant keeps them beside some columns.</summary>
    public string Keys(RepeatedField<KeyValue>? attributes) =>
        CellText.Array(Paths(attributes ?? []).Keys.OrderBy(path => path, Utf8Order).Select(CellText.Of));

    private static string Map(RepeatedField<KeyValue> attributes) =>
        CellText.Map(Sorted(attributes).Select(entry => (CellText.Of(entry.Key), CellText.Of(ExpectedText.Of(entry.Value)))));

    // Entries of one key keep their order.
    private static IEnumerable<KeyValue> Sorted(RepeatedField<KeyValue> attributes) => attributes.OrderBy(entry => entry.Key, Utf8Order);

    private string Json(RepeatedField<KeyValue> attributes) =>
        CellText.Json(Paths(attributes).Select(path => (path.Key, path.Value.Value)));

    private Dictionary<string, Entry> Paths(RepeatedField<KeyValue> attributes)
    {
        var paths = new Dictionary<string, Entry>(StringComparer.Ordinal);
        AddPaths(paths, [], "", attributes, depth: 0);
        return paths;
    }

    private void AddPaths(
        Dictionary<string, Entry> paths, ImmutableList<string> lists, string prefix, RepeatedField<KeyValue> entries, int depth)
    {
        foreach (var entry in entries)
        {
            var path = prefix + entry.Key;

            // The last of several entries of one key stands: an earlier one is gone, with the members that came with it.
            var replaced = paths.Where(other => other.Key == path || other.Value.Lists.Contains(path)).Select(other => other.Key).ToList();
            foreach (var member in replaced)
                paths.Remove(member);
            if (entry.Value?.ValueCase == AnyValue.ValueOneofCase.KvlistValue && depth <= maxDepth)
                AddPaths(paths, lists.Add(path), path + ".", entry.Value.KvlistValue.Values, depth + 1);
            else if (Typed(entry.Value, depth) is not DynamicValue.Null and var value)
                paths[path] = new Entry(value, lists);
        }
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

    private sealed class Utf8Comparer : IComparer<string>
    {
        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }

    /// <summary>A path's value, and the paths of the key-value lists that it came in.</summary>
    private sealed record Entry(string Value, ImmutableList<string> Lists);
}
