using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Telemetry;

namespace Rotel.Agent.Doctor;

/// <summary>
/// One span, data point or log record that says where it is from, so that it can be found, and told from others, at its destination.
/// </summary>
internal static class TestItem
{
    public const string ServiceName = "rotel-doctor";
    public const string ScopeName = "rotel doctor";

    /// <summary>Profiles hold indexes into a dictionary, and are passed on only.</summary>
    public static bool Exists(OtlpSignal signal) => signal.IsMergeable();

    /// <summary>An Export…ServiceRequest, whose wire form is that of the data message.</summary>
    public static byte[] Create(OtlpSignal signal, DateTimeOffset now)
    {
        var nanoseconds = UnixTime.NanosecondsOf(now);
        return signal switch
        {
            OtlpSignal.Traces => Span(nanoseconds).ToByteArray(),
            OtlpSignal.Metrics => Point(nanoseconds).ToByteArray(),
            OtlpSignal.Logs => Record(nanoseconds).ToByteArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "There are no test items of other signals."),
        };
    }

    private static Resource Resource => new()
    {
        Attributes =
        {
            new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = ServiceName } },
            new KeyValue { Key = "service.version", Value = new AnyValue { StringValue = OwnTelemetry.Version } },
        },
    };

    private static InstrumentationScope Scope => new() { Name = ScopeName, Version = OwnTelemetry.Version };

    private static TracesData Span(ulong now) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                Resource = Resource,
                ScopeSpans =
                {
                    new ScopeSpans
                    {
                        Scope = Scope,
                        Spans =
                        {
                            new Span
                            {
                                TraceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
                                SpanId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray().AsSpan(0, 8)),
                                Name = "test of this destination",
                                Kind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind.Internal,
                                StartTimeUnixNano = now - 1_000_000,
                                EndTimeUnixNano = now,
                            },
                        },
                    },
                },
            },
        },
    };

    private static MetricsData Point(ulong now) => new()
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                Resource = Resource,
                ScopeMetrics =
                {
                    new ScopeMetrics
                    {
                        Scope = Scope,
                        Metrics =
                        {
                            new Metric
                            {
                                Name = "rotel.doctor.test",
                                Description = "A test of this destination.",
                                Unit = "1",
                                Gauge = new Gauge { DataPoints = { new NumberDataPoint { TimeUnixNano = now, AsInt = 1 } } },
                            },
                        },
                    },
                },
            },
        },
    };

    private static LogsData Record(ulong now) => new()
    {
        ResourceLogs =
        {
            new ResourceLogs
            {
                Resource = Resource,
                ScopeLogs =
                {
                    new ScopeLogs
                    {
                        Scope = Scope,
                        LogRecords =
                        {
                            new LogRecord
                            {
                                TimeUnixNano = now,
                                ObservedTimeUnixNano = now,
                                SeverityNumber = SeverityNumber.Info,
                                SeverityText = "INFO",
                                Body = new AnyValue { StringValue = "A test of this destination by rotel doctor." },
                            },
                        },
                    },
                },
            },
        },
    };
}
