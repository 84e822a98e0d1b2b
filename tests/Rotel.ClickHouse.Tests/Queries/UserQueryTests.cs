using System.Globalization;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.ClickHouse.Rows;

namespace Rotel.ClickHouse.Queries;

/// <summary>
/// The questions users ask of these tables, in the SQL that Grafana's ClickHouse plugin and the OpenTelemetry Collector's documentation ask
/// them in, answered rightly for what was sent. https://clickhouse.com/docs/observability/grafana
/// </summary>
public sealed class UserQueryTests(ShopDatabases databases) : IClassFixture<ShopDatabases>
{
    private static readonly ShopTelemetry Shop = new();

    public static TheoryData<AttributeForm> Forms() => [AttributeForm.Map, AttributeForm.Json];

    /// <summary>Grafana's trace view: the lookup table bounds the time in which the spans are looked for.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task TraceById_ThroughTheLookupTable_FindsTheSpansOfAllServices(AttributeForm form)
    {
        var spans = Shop.Spans.Where(span => span.Trace == 7).ToList();
        var tags = form == AttributeForm.Map
            ? "arraySort(arrayMap(key -> concat(key, '=', SpanAttributes[key]), mapKeys(SpanAttributes)))"
            : "[concat('http.response.status_code=', toString(SpanAttributes.http.response.status_code)), concat('http.route=', SpanAttributes.http.route)]";

        await AssertAsync(
            form,
            $"""
            WITH '{spans[0].TraceId}' AS trace_id,
              (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_start,
              (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_end
            SELECT "TraceId" AS traceID, "SpanId" AS spanID, "ParentSpanId" AS parentSpanID, "ServiceName" AS serviceName,
              "SpanName" AS operationName, toUnixTimestamp64Nano("Timestamp") AS nanoseconds, intDiv("Duration", 1000) AS duration, {tags} AS tags
            FROM otel_traces
            WHERE traceID = trace_id AND "Timestamp" >= trace_start AND "Timestamp" <= trace_end
            ORDER BY "Timestamp" LIMIT 1000
            """,
            spans.OrderBy(span => span.Start).Select(span => Line(
                span.TraceId, span.SpanId, span.Parent?.SpanId ?? "", span.Service, span.Name, span.Start, span.Duration / 1000,
                $"['http.response.status_code={(span.IsError ? 500 : 200)}','http.route={span.Route}']")));
    }

    /// <summary>The lookup table itself holds the first and last second of every trace, once merged.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task LookupTable_OfAllTraces_HoldsTheirFirstAndLastSecond(AttributeForm form) => AssertAsync(
        form,
        "SELECT TraceId, toUnixTimestamp(min(Start)), toUnixTimestamp(max(End)) FROM otel_traces_trace_id_ts GROUP BY TraceId ORDER BY TraceId",
        Shop.Spans.GroupBy(span => span.TraceId).OrderBy(trace => trace.Key, StringComparer.Ordinal).Select(trace => Line(
            trace.Key, trace.Min(span => span.Start) / ShopTelemetry.Second, trace.Max(span => span.Start) / ShopTelemetry.Second)));

    /// <summary>Grafana's trace search: root spans, newest first.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task TraceSearch_OfRootSpans_ListsTheNewest(AttributeForm form) => AssertAsync(
        form,
        $"""
        SELECT "TraceId" AS traceID, "ServiceName" AS serviceName, "SpanName" AS operationName, multiply("Duration", 0.000001) AS duration
        FROM otel_traces
        WHERE ( Timestamp >= {Time(60)} AND Timestamp <= {Time(120)} ) AND ( ParentSpanId = '' ) AND ( Duration > 0 )
        ORDER BY Timestamp DESC, Duration DESC LIMIT 1000
        """,
        Shop.Spans.Where(span => span.Parent is null && IsWithin(span.Start, 60, 120)).OrderByDescending(span => span.Start)
            .Select(span => Line(span.TraceId, span.Service, span.Name, span.Duration * 0.000001)));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task SlowestSpans_ByService_AreTheLongest(AttributeForm form) => AssertAsync(
        form,
        "SELECT ServiceName, SpanId, Duration FROM otel_traces ORDER BY ServiceName, Duration DESC LIMIT 3 BY ServiceName",
        Shop.Spans.GroupBy(span => span.Service).OrderBy(service => service.Key, StringComparer.Ordinal).SelectMany(service =>
            service.OrderByDescending(span => span.Duration).Take(3).Select(span => Line(span.Service, span.SpanId, span.Duration))));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task ErrorRate_PerMinute_CountsFailedServerSpans(AttributeForm form) => AssertAsync(
        form,
        """
        SELECT toUnixTimestamp(toStartOfMinute(Timestamp)) AS time, ServiceName, countIf(StatusCode = 'Error') AS errors, count() AS spans, errors / spans AS rate
        FROM otel_traces WHERE SpanKind = 'Server' GROUP BY time, ServiceName ORDER BY time, ServiceName
        """,
        Shop.Spans.Where(span => span.Kind == Span.Types.SpanKind.Server).GroupBy(span => (Minute: Minute(span.Start), span.Service))
            .OrderBy(group => group.Key.Minute).ThenBy(group => group.Key.Service, StringComparer.Ordinal).Select(group => Line(
                group.Key.Minute, group.Key.Service, group.Count(span => span.IsError), group.Count(), (double)group.Count(span => span.IsError) / group.Count())));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task LogSearch_ByAttributes_FindsExactlyThose(AttributeForm form) => AssertAsync(
        form,
        $"""
        SELECT toUnixTimestamp64Nano(Timestamp) AS log_time, Body FROM otel_logs
        WHERE {Text(form, "LogAttributes", "http.route")} = '/order' AND {Number(form, "LogAttributes", "order.id")} >= 30
          AND {Text(form, "ResourceAttributes", "deployment.environment.name")} = 'production'
        ORDER BY Timestamp LIMIT 100
        """,
        Shop.Logs.Where(log => log is { Route: "/order", Trace: >= 30 }).OrderBy(log => log.Time).Select(log => Line(log.Time, log.Body)));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task LogSearch_ByToken_FindsTheWordAndNotItsParts(AttributeForm form) => AssertAsync(
        form,
        "SELECT hasToken(Body, 'timeout') AS timeouts, hasToken(Body, 'time') AS times, count() FROM otel_logs GROUP BY timeouts, times ORDER BY timeouts",
        Shop.Logs.GroupBy(log => log.Severity == SeverityNumber.Error).OrderBy(group => group.Key)
            .Select(group => Line(group.Key ? 1 : 0, 0, group.Count())));

    /// <summary>From a trace to its logs, as Grafana's link does it.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task LogsOfATrace_ByItsId_AreFound(AttributeForm form) => AssertAsync(
        form,
        $"""
        SELECT Body AS "body", SeverityText AS "level", TraceId AS "traceID" FROM otel_logs
        WHERE ( traceID = '{Shop.Logs[9].TraceId}' ) ORDER BY Timestamp ASC LIMIT 1000
        """,
        [Line(Shop.Logs[9].Body, Shop.Logs[9].Severity, Shop.Logs[9].TraceId)]);

    [Theory]
    [MemberData(nameof(Forms))]
    public Task LogVolume_BySeverity_IsCountedPerMinute(AttributeForm form) => AssertAsync(
        form,
        """
        SELECT toUnixTimestamp(toStartOfInterval(Timestamp, INTERVAL 60 second)) AS time, SeverityText, count() AS count
        FROM otel_logs GROUP BY SeverityText, time ORDER BY time, SeverityText
        """,
        Shop.Logs.GroupBy(log => (Minute: Minute(log.Time), Severity: log.Severity.ToString()))
            .OrderBy(group => group.Key.Minute).ThenBy(group => group.Key.Severity, StringComparer.Ordinal)
            .Select(group => Line(group.Key.Minute, group.Key.Severity, group.Count())));

    /// <summary>What a counter grew by, a restart of it being no decrease.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task MetricRate_OfACumulativeSum_SurvivesARestart(AttributeForm form)
    {
        var increases = Shop.Orders.GroupBy(point => point.Channel).SelectMany(series => series.Zip(series.Skip(1), (previous, point) =>
            (Minute: Minute(point.Time), point.Channel, Value: point.Value >= previous.Value ? point.Value - previous.Value : point.Value)));
        var series = form == AttributeForm.Map ? "Attributes" : "toJSONString(Attributes)";
        return AssertAsync(
            form,
            $"""
            SELECT time, channel, sum(increase) AS orders FROM
            (
              SELECT toUnixTimestamp(toStartOfMinute(TimeUnix)) AS time, {Text(form, "Attributes", "channel")} AS channel, row_number() OVER w AS row,
                lagInFrame(Value, 1) OVER w AS previous, if(row = 1, 0, if(Value >= previous, Value - previous, Value)) AS increase, row AS position
              FROM otel_metrics_sum WHERE MetricName = 'orders' AND IsMonotonic AND AggregationTemporality = 2
              WINDOW w AS (PARTITION BY ServiceName, MetricName, {series} ORDER BY TimeUnix ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            )
            WHERE position > 1 GROUP BY time, channel ORDER BY time, channel
            """,
            increases.GroupBy(increase => (increase.Minute, increase.Channel)).OrderBy(group => group.Key.Minute)
                .ThenBy(group => group.Key.Channel, StringComparer.Ordinal)
                .Select(group => Line(group.Key.Minute, group.Key.Channel, group.Sum(increase => increase.Value))));
    }

    /// <summary>As Prometheus does it: linear between the bounds of the bucket that holds the rank.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task HistogramQuantile_ByService_LiesWithinItsBucket(AttributeForm form) => AssertAsync(
        form,
        """
        WITH 0.75 AS q,
          sumForEach(BucketCounts) AS buckets, any(ExplicitBounds) AS bounds, arrayCumSum(buckets) AS cumulative, q * cumulative[-1] AS rank,
          arrayFirstIndex(c -> c >= rank, cumulative) AS i, if(i = 1, 0, bounds[i - 1]) AS lower, if(i > length(bounds), bounds[-1], bounds[i]) AS upper
        SELECT ServiceName, sum(Count), round(lower + (upper - lower) * (rank - (cumulative[i] - buckets[i])) / buckets[i], 9) AS quantile
        FROM otel_metrics_histogram WHERE MetricName = 'http.server.request.duration' GROUP BY ServiceName ORDER BY ServiceName
        """,
        Shop.Latencies.GroupBy(latency => latency.Service).OrderBy(service => service.Key, StringComparer.Ordinal).Select(service => Line(
            service.Key,
            service.Aggregate(0UL, (sum, latency) => sum + latency.Point.Count),
            Math.Round(Quantile(service.Select(latency => latency.Point).ToList(), 0.75), 9))));

    /// <summary>Which service calls which, from the parents of spans.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public Task ServiceMap_FromParentsAndChildren_HasEveryEdge(AttributeForm form) => AssertAsync(
        form,
        """
        SELECT parent.ServiceName AS caller, child.ServiceName AS callee, count() AS calls, countIf(child.StatusCode = 'Error') AS errors
        FROM otel_traces AS child INNER JOIN otel_traces AS parent ON child.TraceId = parent.TraceId AND child.ParentSpanId = parent.SpanId
        WHERE caller != callee GROUP BY caller, callee ORDER BY caller, callee
        """,
        Shop.Spans.Where(span => span.Parent is not null && span.Parent.Service != span.Service)
            .GroupBy(span => (Caller: span.Parent!.Service, Callee: span.Service))
            .OrderBy(edge => edge.Key.Caller, StringComparer.Ordinal).ThenBy(edge => edge.Key.Callee, StringComparer.Ordinal)
            .Select(edge => Line(edge.Key.Caller, edge.Key.Callee, edge.Count(), edge.Count(span => span.IsError))));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task ExponentialHistogram_OverTime_GivesCountSumAndBuckets(AttributeForm form) => AssertAsync(
        form,
        """
        SELECT toUnixTimestamp(toStartOfMinute(TimeUnix)) AS time, sum(Count) AS count, sum(Sum) AS sum, sum(ZeroCount) AS zeros,
          sumForEach(PositiveBucketCounts) AS buckets, any(pow(2, pow(2, -Scale) * PositiveOffset)) AS lowest
        FROM otel_metrics_exponential_histogram WHERE MetricName = 'response.size' GROUP BY time ORDER BY time
        """,
        Shop.Sizes.GroupBy(point => Minute(point.TimeUnixNano)).OrderBy(minute => minute.Key).Select(minute => Line(
            minute.Key,
            minute.Sum(point => (long)point.Count),
            minute.Sum(point => point.Sum),
            minute.Sum(point => (long)point.ZeroCount),
            $"[{string.Join(',', Enumerable.Range(0, 4).Select(bucket => minute.Sum(point => (long)point.Positive.BucketCounts[bucket])))}]",
            4)));

    [Theory]
    [MemberData(nameof(Forms))]
    public Task TopAttributeValues_OfARoute_AreRankedByCount(AttributeForm form) => AssertAsync(
        form,
        $"""
        SELECT {Text(form, "SpanAttributes", "http.route")} AS route, count() AS spans, countIf({Number(form, "SpanAttributes", "http.response.status_code")} >= 500)
        FROM otel_traces GROUP BY route ORDER BY spans DESC, route LIMIT 3
        """,
        Shop.Spans.GroupBy(span => span.Route).OrderByDescending(route => route.Count()).ThenBy(route => route.Key, StringComparer.Ordinal).Take(3)
            .Select(route => Line(route.Key, route.Count(), route.Count(span => span.IsError))));

    private static string Text(AttributeForm form, string column, string key) =>
        form == AttributeForm.Map ? $"{column}['{key}']" : $"{column}.{key}.:String";

    private static string Number(AttributeForm form, string column, string key) =>
        form == AttributeForm.Map ? $"toInt64OrZero({column}['{key}'])" : $"{column}.{key}.:Int64";

    private static string Time(ulong seconds) => $"toDateTime({ShopTelemetry.Start / ShopTelemetry.Second + seconds})";

    private static bool IsWithin(ulong time, ulong from, ulong to) =>
        time >= ShopTelemetry.Start + from * ShopTelemetry.Second && time <= ShopTelemetry.Start + to * ShopTelemetry.Second;

    private static ulong Minute(ulong nanoseconds) => nanoseconds / (60 * ShopTelemetry.Second) * 60;

    private static double Quantile(List<HistogramDataPoint> points, double q)
    {
        var bounds = points[0].ExplicitBounds;
        var buckets = Enumerable.Range(0, bounds.Count + 1).Select(bucket => points.Sum(point => (double)point.BucketCounts[bucket])).ToList();
        var rank = q * buckets.Sum();
        var below = 0.0;
        var index = 0;
        for (; below + buckets[index] < rank; index++)
            below += buckets[index];
        var lower = index == 0 ? 0 : bounds[index - 1];
        var upper = bounds[Math.Min(index, bounds.Count - 1)];
        return lower + (upper - lower) * (rank - below) / buckets[index];
    }

    /// <summary>A row as the TabSeparated format writes it.</summary>
    private static string Line(params object[] cells) =>
        string.Join('\t', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));

    private async Task AssertAsync(AttributeForm form, string sql, IEnumerable<string> expected)
    {
        var database = await databases.GetAsync(form);
        var lines = expected.ToList();
        Assert.NotEmpty(lines);
        Assert.Equal(lines, (await database.QueryAsync(sql)).Split('\n'));
    }
}
