using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Where in a message there is something to redact: tags of its fields, each one byte, for their numbers are below 16; 0 where it has none.
/// </summary>
internal sealed class RedactionShape
{
    private static readonly RedactionShape Event =
        new() { Attributes = Tag(TraceFields.Event.Attributes), Keys = SummaryKeys.OfAttributes("event"), IsChild = true };

    private static readonly RedactionShape Link =
        new() { Attributes = Tag(TraceFields.Link.Attributes), Keys = SummaryKeys.OfAttributes("link"), IsChild = true };

    private static readonly RedactionShape Status = new() { Text = Tag(TraceFields.Status.Message), IsChild = true };

    private static readonly RedactionShape Exemplar = new()
    {
        Attributes = Tag(MetricFields.Exemplar.FilteredAttributes),
        Keys = SummaryKeys.OfAttributes("exemplar"),
        IsChild = true,
    };

    private static readonly RedactionShape Span = new()
    {
        Attributes = Tag(TraceFields.Span.Attributes),
        Keys = SummaryKeys.OfAttributes("span"),
        Children =
        [
            (Tag(TraceFields.Span.Events), Event),
            (Tag(TraceFields.Span.Links), Link),
            (Tag(TraceFields.Span.Status), Status),
        ],
    };

    private static readonly RedactionShape LogRecord = new()
    {
        Attributes = Tag(LogFields.LogRecord.Attributes),
        Body = Tag(LogFields.LogRecord.Body),
        Keys = SummaryKeys.OfAttributes("log"),
    };

    private static readonly RedactionShape NumberPoint =
        Point(MetricFields.NumberDataPoint.Attributes, MetricFields.NumberDataPoint.Exemplars);

    private static readonly RedactionShape HistogramPoint =
        Point(MetricFields.HistogramDataPoint.Attributes, MetricFields.HistogramDataPoint.Exemplars);

    private static readonly RedactionShape ExponentialHistogramPoint =
        Point(MetricFields.ExponentialHistogramDataPoint.Attributes, MetricFields.ExponentialHistogramDataPoint.Exemplars);

    private static readonly RedactionShape SummaryPoint = Point(MetricFields.SummaryDataPoint.Attributes, exemplars: 0);

    public static RedactionShape Resource { get; } =
        new() { Attributes = Tag(ResourceFields.Resource.Attributes), Keys = SummaryKeys.OfAttributes("resource") };

    public static RedactionShape Scope { get; } =
        new() { Attributes = Tag(CommonFields.InstrumentationScope.Attributes), Keys = SummaryKeys.OfAttributes("scope") };

    /// <summary>A metric itself: its metadata. Its points are not its children here.</summary>
    public static RedactionShape Metric { get; } =
        new() { Attributes = Tag(MetricFields.Metric.Metadata), Keys = SummaryKeys.OfAttributes("metadata") };

    // Of Body, Text and Children, a bit for each number, and the lowest; made when first asked for, by whomever, always the same.
    private uint _fields;

    public byte Attributes { get; private init; }

    /// <summary>An AnyValue of which only what matches is masked.</summary>
    public byte Body { get; private init; }

    /// <summary>A string of which only what matches is masked.</summary>
    public byte Text { get; private init; }

    /// <summary>What its summary is called; null where it has no attributes to put one in.</summary>
    public SummaryKeys? Keys { get; private init; }

    /// <summary>Whether it stands within an item, whose tally is not done yet.</summary>
    public bool IsChild { get; private init; }

    public (byte Tag, RedactionShape Shape)[] Children { get; private init; } = [];

    /// <summary>Whether a field, not one of the attributes, may hold something to redact.</summary>
    public bool Has(uint tag)
    {
        if (_fields == 0)
            _fields = Children.Aggregate(1u | Bit(Body) | Bit(Text), (fields, child) => fields | Bit(child.Tag));
        return tag is > 8 and < 0x80 && (tag & 7) == (uint)WireType.LengthDelimited && (_fields & Bit(tag)) != 0;

        static uint Bit(uint tag) => 1u << (int)(tag >> 3);
    }

    /// <summary>The shape of a span, a log record or a data point.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="metricData">For a point the number of the field of the metric that it stands in.</param>
    public static RedactionShape Item(OtlpSignal signal, int metricData) => signal switch
    {
        OtlpSignal.Traces => Span,
        OtlpSignal.Logs => LogRecord,
        _ => metricData switch
        {
            MetricFields.Metric.Histogram => HistogramPoint,
            MetricFields.Metric.ExponentialHistogram => ExponentialHistogramPoint,
            MetricFields.Metric.Summary => SummaryPoint,
            _ => NumberPoint,
        },
    };

    private static RedactionShape Point(int attributes, int exemplars) => new()
    {
        Attributes = Tag(attributes),
        Keys = SummaryKeys.OfAttributes("metric"),
        Children = exemplars == 0 ? [] : [(Tag(exemplars), Exemplar)],
    };

    private static byte Tag(int field) => (byte)WireFormat.Tag(field, WireType.LengthDelimited);
}
