using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Editing;

/// <summary>
/// What <see cref="OtlpNormalForm"/> has to know of one message of the protocol: which fields it has, and which of them repeat.
/// </summary>
internal sealed class MessageShape
{
    /// <summary>The highest number of any field: <c>Span.flags</c>.</summary>
    public const int MaxField = 16;

    private static readonly MessageShape[] Requests = Collect();

    private readonly uint[] _tags = new uint[MaxField + 1];
    private readonly uint[] _unpackedTags = new uint[MaxField + 1];
    private readonly MessageShape?[] _messages = new MessageShape?[MaxField + 1];
    private readonly uint _oneof;
    private uint _repeated;

    private MessageShape(OtlpContent content)
    {
        _oneof = OneofOf(content);
        IsEnvelope = content is >= OtlpContent.TracesRequest and <= OtlpContent.ScopeLogs;
    }

    /// <summary>Whether it is a request, a ResourceX or a ScopeX.</summary>
    public bool IsEnvelope { get; }

    /// <summary>The shape of a whole body of traces, metrics or logs.</summary>
    public static MessageShape Request(OtlpSignal signal) => Requests[(int)signal];

    /// <summary>
    /// The number of the field that a tag is of; 0 for an unknown field, among them a known number with another wire type.
    /// </summary>
    public int FieldOf(uint tag)
    {
        var field = tag >> 3;
        return field <= MaxField && (tag == _tags[field] || tag == _unpackedTags[field]) ? (int)field : 0;
    }

    /// <summary>The message that a field holds, or null.</summary>
    public MessageShape? MessageIn(int field) => _messages[field];

    public bool IsRepeated(int field) => (_repeated & (1u << field)) != 0;

    /// <summary>Whether a field is a member of the message's oneof; no message of the protocol has two.</summary>
    public bool IsInOneof(int field) => (_oneof & (1u << field)) != 0;

    private static MessageShape[] Collect()
    {
        var shapes = new Dictionary<OtlpJsonMessage, MessageShape>();
        var requests = new MessageShape[OtlpSignals.Count];
        foreach (var signal in (ReadOnlySpan<OtlpSignal>)[OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs])
            requests[(int)signal] = Collect(OtlpSchema.Request(signal), OtlpJsonSchema.Request(signal), shapes);
        return requests;
    }

    /// <summary>
    /// Joins what the two tables know: of one the kinds of fields, of the other what messages they hold. Its rows are not the key: Gauge
    /// and Sum share one.
    /// </summary>
    private static MessageShape Collect(OtlpContent message, OtlpJsonMessage fields, Dictionary<OtlpJsonMessage, MessageShape> shapes)
    {
        if (shapes.TryGetValue(fields, out var known))
            return known;
        var shape = new MessageShape(message);
        shapes.Add(fields, shape);
        foreach (var field in fields.Fields)
        {
            shape._tags[field.Number] = field.Tag;
            var content = field.Number <= OtlpSchema.MaxField ? (OtlpContent)OtlpSchema.FieldsOf(message)[field.Number] : OtlpContent.Opaque;
            if (field.IsPacked)
            {
                var element = content == OtlpContent.PackedVarint ? WireType.Varint : WireType.Fixed64;
                shape._unpackedTags[field.Number] = WireFormat.Tag(field.Number, element);
            }

            if (field.IsRepeated)
                shape._repeated |= 1u << field.Number;
            if (field.Message is { } nested)
                shape._messages[field.Number] = Collect(content, nested, shapes);
        }

        return shape;
    }

    private static uint OneofOf(OtlpContent message) => message switch
    {
        OtlpContent.AnyValue => Bits(
            CommonFields.AnyValue.StringValue, CommonFields.AnyValue.BoolValue, CommonFields.AnyValue.IntValue, CommonFields.AnyValue.DoubleValue,
            CommonFields.AnyValue.ArrayValue, CommonFields.AnyValue.KvlistValue, CommonFields.AnyValue.BytesValue,
            CommonFields.AnyValue.StringValueStrindex),
        OtlpContent.Metric => Bits(
            MetricFields.Metric.Gauge, MetricFields.Metric.Sum, MetricFields.Metric.Histogram, MetricFields.Metric.ExponentialHistogram,
            MetricFields.Metric.Summary),
        OtlpContent.NumberPoint => Bits(MetricFields.NumberDataPoint.AsDouble, MetricFields.NumberDataPoint.AsInt),
        OtlpContent.Exemplar => Bits(MetricFields.Exemplar.AsDouble, MetricFields.Exemplar.AsInt),
        _ => 0,
    };

    private static uint Bits(params ReadOnlySpan<int> fields)
    {
        var bits = 0u;
        foreach (var field in fields)
            bits |= 1u << field;
        return bits;
    }
}
