using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Datadog.TestKit.Traces;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Exporters.Datadog.Traces;
using Rotel.Exporters.Tests.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp;
using DatadogSpan = Rotel.Datadog.TestKit.Traces.Span;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>Encodes spans and reads what would be sent with the generated classes of Google.Protobuf.</summary>
internal sealed class TraceTrial : IDisposable
{
    public const ulong Start = 1_780_000_000_000_000_000;

    private readonly BufferPool _pool;
    private readonly TraceEncoder _encoder;
    private readonly int _maxPayloadBytes;

    public TraceTrial(
        DatadogExporterOptions? options = null,
        IStatisticsSink? statistics = null,
        TimeProvider? time = null,
        int maxPayloadBytes = TraceEncoder.MaxPayloadBytes,
        long budget = 256 * 1024 * 1024)
    {
        options ??= TestResource.Options();
        _maxPayloadBytes = maxPayloadBytes;
        _pool = new BufferPool(new ByteBudget(budget));
        var resources = new ResourceCatalog(options, _pool);
        _encoder = new TraceEncoder(_pool, options, resources, statistics, time ?? TimeProvider.System, maxPayloadBytes);
        Sink = new PayloadSink(compressor: null, _pool);
    }

    public PayloadSink Sink { get; }

    /// <summary>A span with legal ids and times.</summary>
    public static OtlpSpan Span(OtlpSpan.Types.SpanKind kind = OtlpSpan.Types.SpanKind.Internal, params IEnumerable<KeyValue> attributes) => new()
    {
        TraceId = Id(16, 1),
        SpanId = Id(8, 2),
        ParentSpanId = Id(8, 3),
        Name = "work",
        Kind = kind,
        StartTimeUnixNano = Start,
        EndTimeUnixNano = Start + 5_000,
        Attributes = { attributes },
    };

    public static ByteString Id(int length, ulong number)
    {
        var id = new byte[length];
        for (var i = 0; i < 8 && i < length; i++)
            id[^(i + 1)] = (byte)(number >> (8 * i));
        if (length > 8)
            id[0] = 0xAB;
        return ByteString.CopyFrom(id);
    }

    public static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static KeyValue Attribute(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    public static KeyValue Attribute(string key, AnyValue value) => new() { Key = key, Value = value };

    /// <summary><c>key=text</c> and <c>key=#number</c>, between bars.</summary>
    public static IEnumerable<KeyValue> Attributes(string text) =>
        from pair in text.Split('|', StringSplitOptions.RemoveEmptyEntries)
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        let value = pair[(at + 1)..]
        select value.StartsWith('#')
            ? Attribute(pair[..at], long.Parse(value[1..], System.Globalization.CultureInfo.InvariantCulture))
            : Attribute(pair[..at], value);

    public static ExportTraceServiceRequest Request(Resource? resource, InstrumentationScope? scope, params IEnumerable<OtlpSpan> spans) => new()
    {
        ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { new ScopeSpans { Scope = scope, Spans = { spans } } } } },
    };

    /// <summary>What one span becomes.</summary>
    public static DatadogSpan Send(
        OtlpSpan span, Resource? resource = null, InstrumentationScope? scope = null, DatadogExporterOptions? options = null)
    {
        using var trial = new TraceTrial(options);
        return Assert.Single(Assert.Single(Assert.Single(Assert.Single(trial.Send(Request(resource, scope, span))).TracerPayloads).Chunks).Spans);
    }

    /// <summary>The requests of one batch.</summary>
    public List<AgentPayload> Send(params IEnumerable<ExportTraceServiceRequest> requests) => Send(requests.Select(request => request.ToByteArray()));

    /// <inheritdoc cref="Send(IEnumerable{ExportTraceServiceRequest})"/>
    public List<AgentPayload> Send(IEnumerable<byte[]> bodies)
    {
        foreach (var body in bodies)
        {
            var validation = OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted);
            Assert.Equal(OtlpFault.None, validation.Fault);
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            using var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, validation.ItemCount)
            {
                IsCanonical = validation.IsCanonical,
            };
            _encoder.Append(payload, Sink);
        }

        var before = Sink.Payloads.Count;
        _encoder.Close(Sink);
        return [.. Sink.Payloads.Skip(before).Select(Read)];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        Sink.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    private AgentPayload Read(IntakePayload payload)
    {
        var body = new byte[payload.Body.Length];
        var at = 0;
        for (var i = 0; i < payload.Body.SegmentCount; i++)
        {
            payload.Body[i].CopyTo(body.AsMemory(at));
            at += payload.Body[i].Length;
        }

        Assert.Equal(DatadogIntake.Traces, payload.Intake);
        Assert.InRange(body.Length, 1, _maxPayloadBytes);
        AssertMapsNameKeysOnce(body);
        var read = AgentPayload.Parser.ParseFrom(body);
        Assert.Equal(read.TracerPayloads.SelectMany(tracer => tracer.Chunks).Sum(chunk => chunk.Spans.Count), payload.Items);
        return read;
    }

    /// <summary>A map may legally name a key twice on the wire, and then the last entry counts; ours do not.</summary>
    private static void AssertMapsNameKeysOnce(byte[] body)
    {
        foreach (var tracer in Messages(body, 5))
        {
            foreach (var span in Messages(tracer, 6).SelectMany(chunk => Messages(chunk, 3)))
            {
                AssertDistinct(Messages(span, 10));
                AssertDistinct(Messages(span, 11));
            }
        }
    }

    private static void AssertDistinct(IEnumerable<byte[]> entries)
    {
        var keys = entries.Select(entry => Convert.ToHexString(Messages(entry, 1).Single())).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    private static List<byte[]> Messages(byte[] message, int field)
    {
        List<byte[]> found = [];
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == (uint)((field << 3) | 2))
                found.Add(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        }

        return found;
    }
}
