using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using static Rotel.ClickHouse.Rows.HandMadeTelemetry;

namespace Rotel.ClickHouse.Rows;

/// <summary>Requests of spans for each thing that can be odd about one.</summary>
internal static class HandMadeSpans
{
    public static IEnumerable<ExportTraceServiceRequest> All() =>
    [
        Ids(), KindsAndStatuses(), TimesOfEveryKind(), Attributes(), Bare(), ServiceNames(), EventsAndLinks(), Large(),
    ];

    /// <summary>So many spans, each on a day of its own, all of one resource.</summary>
    public static ExportTraceServiceRequest OnDays(int days) => Spans(
        Service("days"),
        null,
        Enumerable.Range(0, days).Select(day => At(Time + (ulong)(day * 37 % days) * Day)));

    /// <summary>So many spans, each with a name and an attribute that no other has.</summary>
    public static ExportTraceServiceRequest Distinct(int count) => Spans(
        Service("distinct"),
        null,
        Enumerable.Range(0, count).Select(number =>
        {
            var span = At(Time);
            span.Name = $"name {number}";
            span.Attributes.Add(Pair($"key.{number}", number));
            return span;
        }));

    private static ExportTraceServiceRequest Ids()
    {
        int[] lengths = [0, 1, 7, 8, 9, 15, 16, 17, 32];
        return Spans(Service("ids"), null, lengths.Select(length => new Span
        {
            StartTimeUnixNano = Time,
            TraceId = Id(length),
            SpanId = Id(length),
            ParentSpanId = Id(length),
            Links = { new Span.Types.Link { TraceId = Id(length), SpanId = Id(length) } },
        }).Append(new Span
        {
            StartTimeUnixNano = Time,
            TraceId = ByteString.CopyFrom(new byte[16]),
            SpanId = ByteString.CopyFrom(new byte[8]),
            ParentSpanId = ByteString.CopyFrom(new byte[8]),
        }));
    }

    private static ExportTraceServiceRequest KindsAndStatuses()
    {
        int[] numbers = [0, 1, 2, 3, 4, 5, 6, 1_000, -1, int.MinValue];
        return Spans(Service("kinds"), null, numbers.Select(number => new Span
        {
            StartTimeUnixNano = Time,
            Kind = (Span.Types.SpanKind)number,
            Status = new Status { Code = (Status.Types.StatusCode)number, Message = $"status {number}" },
        }).Append(new Span { StartTimeUnixNano = Time }));
    }

    private static ExportTraceServiceRequest TimesOfEveryKind() => Spans(
        Service("times"),
        null,
        Times.SelectMany(start => Times.Select(end => new Span { StartTimeUnixNano = start, EndTimeUnixNano = end })));

    private static ExportTraceServiceRequest Attributes()
    {
        var (kinds, keys) = (At(Time), At(Time));
        kinds.Attributes.Add(EveryKind());
        keys.Attributes.Add(OddKeys());
        var resource = Service("attributes");
        resource.Attributes.Add(EveryKind());
        resource.Attributes.Add(OddKeys());
        return Spans(resource, new InstrumentationScope { Name = "größe", Version = "1", Attributes = { OddKeys() } }, kinds, keys, At(Time));
    }

    private static ExportTraceServiceRequest Bare() => new()
    {
        ResourceSpans =
        {
            new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span(), At(Time) } } } },
            new ResourceSpans { Resource = new Resource(), ScopeSpans = { new ScopeSpans { Scope = new InstrumentationScope(), Spans = { At(Time) } }, new ScopeSpans() } },
            new ResourceSpans(),
        },
    };

    private static ExportTraceServiceRequest ServiceNames()
    {
        Resource[] resources =
        [
            new() { Attributes = { Pair("service.name", 7) } },
            new() { Attributes = { Pair("service.name", "") } },
            new() { Attributes = { Pair("service.names", "other"), Pair("service.name", "日本語") } },
            new() { Attributes = { Pair("service.name", Array(Text("a"))) } },
        ];
        var request = new ExportTraceServiceRequest();
        foreach (var resource in resources)
            request.ResourceSpans.Add(Spans(resource, null, At(Time), At(Time + Day), At(Time)).ResourceSpans);
        return request;
    }

    private static ExportTraceServiceRequest EventsAndLinks()
    {
        var many = At(Time);
        for (var i = 0; i < 300; i++)
        {
            many.Events.Add(new Span.Types.Event { TimeUnixNano = Times[i % Times.Count], Name = $"event {i % 7}", Attributes = { OddKeys().Take(i % 12) } });
            many.Links.Add(new Span.Types.Link { TraceId = Id(16), SpanId = Id(8), TraceState = $"a={i}", Attributes = { EveryKind().Take(i % 40) } });
        }

        var one = At(Time);
        one.Events.Add(new Span.Types.Event());
        one.Links.Add(new Span.Types.Link());
        return Spans(Service("events"), null, At(Time), many, At(Time), one);
    }

    private static ExportTraceServiceRequest Large()
    {
        var span = At(Time);
        span.Attributes.Add(Pair("large", new string('x', 1 << 20)));
        span.Attributes.Add(Pair("empty", ""));
        span.Events.Add(new Span.Types.Event { Name = string.Concat(Enumerable.Repeat("日本", 100_000)) });
        return Spans(Service("large"), null, At(Time), span, At(Time));
    }

    private static Span At(ulong time) => new() { StartTimeUnixNano = time, EndTimeUnixNano = time + 1, TraceId = Id(16), SpanId = Id(8), Name = "span" };
}
