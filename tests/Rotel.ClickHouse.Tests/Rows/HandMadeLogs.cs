using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using static Rotel.ClickHouse.Rows.HandMadeTelemetry;

namespace Rotel.ClickHouse.Rows;

/// <summary>Requests of log records for each thing that can be odd about one.</summary>
internal static class HandMadeLogs
{
    public static IEnumerable<ExportLogsServiceRequest> All() => [Bodies(), TimesOfEveryKind(), Numbers(), Surroundings()];

    public static ExportLogsServiceRequest OnDays(int days) =>
        Records(Enumerable.Range(0, days).Select(day => new LogRecord { TimeUnixNano = Time + (ulong)(day * 37 % days) * Day }));

    /// <summary>One record whose body nests so deep.</summary>
    public static ExportLogsServiceRequest Deep(int depth, bool asMap) =>
        Records([new LogRecord { TimeUnixNano = Time, Body = Nested(depth, asMap), SeverityText = $"{depth} {asMap}" }]);

    private static ExportLogsServiceRequest Bodies() => Records(
        EveryKind().Select(attribute => new LogRecord { TimeUnixNano = Time, Body = attribute.Value })
            .Append(new LogRecord { TimeUnixNano = Time, Body = Map(OddKeys()) })
            .Append(new LogRecord { TimeUnixNano = Time, Body = Text(new string('y', 1 << 20)) }));

    private static ExportLogsServiceRequest TimesOfEveryKind() => Records(
        Times.SelectMany(time => Times.Select(observed => new LogRecord { TimeUnixNano = time, ObservedTimeUnixNano = observed })));

    private static ExportLogsServiceRequest Numbers() => Records(
        Enumerable.Range(0, 26).Concat([255, 256, 1_000, -1]).Select(number => new LogRecord
        {
            TimeUnixNano = Time,
            SeverityNumber = (SeverityNumber)number,
            SeverityText = number % 3 == 0 ? "" : $"level {number}",
            Flags = unchecked((uint)number * 257),
            TraceId = Id(Math.Abs(number) % 18),
            SpanId = Id(Math.Abs(number) % 10),
            EventName = number % 2 == 0 ? $"event.{number}" : "",
        }));

    private static ExportLogsServiceRequest Surroundings()
    {
        var odd = new Resource();
        odd.Attributes.Add(OddKeys());
        odd.Attributes.Add(EveryKind());
        var scope = new InstrumentationScope { Name = "scope", Version = "2.0", Attributes = { EveryKind() } };
        return new ExportLogsServiceRequest
        {
            ResourceLogs =
            {
                new ResourceLogs { Resource = odd, SchemaUrl = "https://resource/1", ScopeLogs = { new ScopeLogs { Scope = scope, SchemaUrl = "https://scope/1", LogRecords = { Record(), Record() } }, new ScopeLogs { LogRecords = { Record() } } } },
                new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord(), Record() } } } },
                new ResourceLogs { Resource = Service("plain"), ScopeLogs = { new ScopeLogs { LogRecords = { Record() } } } },
            },
        };
    }

    private static LogRecord Record() => new() { TimeUnixNano = Time, Body = Text("body"), Attributes = { OddKeys() } };

    private static ExportLogsServiceRequest Records(IEnumerable<LogRecord> records) => new()
    {
        ResourceLogs = { new ResourceLogs { Resource = Service("logs"), ScopeLogs = { new ScopeLogs { LogRecords = { records } } } } },
    };
}
