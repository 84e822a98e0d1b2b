using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.ClickHouse.Server;

/// <summary>Against the real engine: nothing that is acknowledged is lost, and no row is there twice.</summary>
public sealed class ExporterTests
{
    private const int Items = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<bool, ClickHouseCompression, bool> Forms => new()
    {
        { true, ClickHouseCompression.Lz4, false },
        { false, ClickHouseCompression.Zstd, false },
        { false, ClickHouseCompression.None, false },
        { true, ClickHouseCompression.Lz4, true },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EverySignal_WithTheSchemaItCreates_IsInserted(bool isAsync, ClickHouseCompression compression, bool json)
    {
        await using var exporter = await ExporterOnEngine.StartAsync(options =>
        {
            options.AsyncInsert = isAsync;
            options.Compression = compression;
            options.EnableJson = json;
        });
        var load = new StandardLoad();

        foreach (var signal in OtlpSignals.Mergeable.ToArray())
            await AssertDeliveredAsync(exporter, signal, load);

        Assert.Equal(Items, await exporter.CountAsync("otel_traces"));
        Assert.Equal(Items, await exporter.CountAsync("otel_logs"));
        Assert.Equal(
            await exporter.Database.CountAsync("SELECT uniqExact(TraceId) FROM otel_traces WHERE TraceId != ''", Cancellation),
            await exporter.Database.CountAsync("SELECT uniqExact(TraceId) FROM otel_traces_trace_id_ts", Cancellation));
    }

    [Fact]
    public async Task EveryKindOfMetric_GoesToItsTable()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        var generator = new TelemetryGenerator(7, new TelemetrySize { Resources = 2, Scopes = 2, Items = 30 });
        var request = generator.Request(OtlpSignal.Metrics);

        var outcome = await exporter.ExportAsync(OtlpSignal.Metrics, request, 1);

        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.Equal(0, outcome.RejectedItems);
        foreach (var table in (string[])["gauge", "sum", "histogram", "exponential_histogram", "summary"])
            Assert.True(await exporter.CountAsync($"otel_metrics_{table}") > 0, table);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task AnswerLost_RowsAreThereOnce(bool isAsync, bool cuts)
    {
        await using var exporter = await ExporterOnEngine.StartAsync(options => options.AsyncInsert = isAsync);
        exporter.Server.Script.ThenForInserts(cuts ? ServerBehaviour.CutAnswer : ServerBehaviour.LoseAnswer, ServerBehaviour.LoseAnswer);
        var batch = exporter.Encode(OtlpSignal.Traces, new StandardLoad().Traces(Items), Items);

        var outcome = await exporter.ExportAsync(batch);
        for (var i = 0; i < 3 && outcome.Kind == ExportOutcomeKind.Retry; i++)
            outcome = await exporter.ExportAsync(batch);

        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.True(exporter.Server.Requests.Count(request => request.IsInsert) >= 2);
        Assert.Equal(Items, await exporter.CountAsync("otel_traces"));
        Assert.Equal(
            await exporter.Database.CountAsync("SELECT uniqExact(TraceId) FROM otel_traces", Cancellation),
            await exporter.CountAsync("otel_traces_trace_id_ts"));
    }

    /// <summary>What the tests above and below show is the work of the table's memory.</summary>
    [Fact]
    public async Task AnswerLost_TableThatRemembersNothing_HasRowsTwice()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        await AssertDeliveredAsync(exporter, OtlpSignal.Logs, new StandardLoad(1));
        await exporter.Database.QueryAsync(
            "ALTER TABLE otel_logs MODIFY SETTING non_replicated_deduplication_window = 0", cancellation: Cancellation);
        exporter.Server.Script.ThenForInserts(ServerBehaviour.LoseAnswer);
        var batch = exporter.Encode(OtlpSignal.Logs, new StandardLoad(2).Logs(Items), Items);

        Assert.Equal(ExportOutcomeKind.Retry, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(3 * Items, await exporter.CountAsync("otel_logs"));
    }

    [Theory]
    [InlineData(LateError.Header)]
    [InlineData(LateError.Tail)]
    [InlineData(LateError.Block)]
    public async Task ErrorBehindA200_IsAFailureAndRowsAreThereOnce(LateError where)
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        exporter.Server.Script.ThenForInserts(ServerBehaviour.FailLate(where, 159, "TIMEOUT_EXCEEDED", "Timeout exceeded", runs: true));
        var batch = exporter.Encode(OtlpSignal.Logs, new StandardLoad().Logs(Items), Items);

        var first = await exporter.ExportAsync(batch);
        Assert.Equal(ExportOutcomeKind.Retry, first.Kind);
        Assert.Contains("Code: 159", first.Message, StringComparison.Ordinal);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(Items, await exporter.CountAsync("otel_logs"));
    }

    [Fact]
    public async Task ServerAway_AtFirstAndInBetween_LosesNothing()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        await exporter.Server.StopAsync();
        var batch = exporter.Encode(OtlpSignal.Logs, new StandardLoad().Logs(Items), Items);
        Assert.Equal(ExportOutcomeKind.Retry, (await exporter.ExportAsync(batch)).Kind);
        await exporter.Server.RestartAsync(Cancellation);
        exporter.Server.Script.ThenForInserts(
            ServerBehaviour.Status(503), ServerBehaviour.CloseBeforeReading, ServerBehaviour.CloseMidBody(500), ServerBehaviour.Status(502));

        var outcome = await exporter.ExportAsync(batch);
        for (var i = 0; i < 6 && outcome.Kind == ExportOutcomeKind.Retry; i++)
            outcome = await exporter.ExportAsync(batch);

        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.Equal(0, exporter.Server.Script.Remaining);
        Assert.Equal(Items, await exporter.CountAsync("otel_logs"));
    }

    [Fact]
    public async Task PasswordWrong_IsTriedAgainUntilItIsRight()
    {
        await using var exporter = await ExporterOnEngine.StartAsync(options =>
        {
            options.User = "anna";
            options.Password = "canary";
        });
        var batch = exporter.Encode(OtlpSignal.Logs, new StandardLoad().Logs(Items), Items);

        var outcome = await exporter.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("Code: 516", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("check 'user' and 'password'", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", outcome.Message, StringComparison.Ordinal);
        exporter.Server.Users.Set("anna", "canary");
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(Items, await exporter.CountAsync("otel_logs"));
    }

    [Fact]
    public async Task TableMissing_IsTriedAgainUntilItIsThere()
    {
        await using var exporter = await ExporterOnEngine.StartAsync(options => options.CreateSchema = false);
        var batch = exporter.Encode(OtlpSignal.Logs, new StandardLoad().Logs(Items), Items);

        var outcome = await exporter.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains($"{exporter.Database.Name}.otel_logs does not exist", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("rotel clickhouse-ddl create", outcome.Message, StringComparison.Ordinal);
        exporter.Configure(null);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
    }

    [Fact]
    public async Task TableDroppedAndColumnDropped_WhileRunning_AreFoundOut()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        var load = new StandardLoad();
        await AssertDeliveredAsync(exporter, OtlpSignal.Logs, load);
        await exporter.Database.QueryAsync("ALTER TABLE otel_logs DROP COLUMN EventName", cancellation: Cancellation);
        var batch = exporter.Encode(OtlpSignal.Logs, load.Logs(Items), Items);

        Assert.Equal(ExportOutcomeKind.Retry, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(2 * Items, await exporter.CountAsync("otel_logs"));

        await exporter.Database.QueryAsync("DROP TABLE otel_logs SYNC", cancellation: Cancellation);
        batch = exporter.Encode(OtlpSignal.Logs, load.Logs(Items), Items);
        Assert.Equal(ExportOutcomeKind.Retry, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch)).Kind);
        Assert.Equal(Items, await exporter.CountAsync("otel_logs"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JsonAndMap_MixedUp_SayWhichSettingIsWrong(bool json)
    {
        await using var exporter = await ExporterOnEngine.StartAsync(options => options.EnableJson = !json);
        await AssertDeliveredAsync(exporter, OtlpSignal.Logs, new StandardLoad());
        exporter.Configure(options => options.EnableJson = json);

        var outcome = await exporter.ExportAsync(OtlpSignal.Logs, new StandardLoad().Logs(Items), Items);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains(json ? "enable_json is true" : "enable_json is false", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_Of250Days_ArriveInAsManyInsertsAsTheServerAllows()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        var outcome = await exporter.ExportAsync(OtlpSignal.Traces, Days(250), 250);

        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.Equal(3, exporter.Server.Requests.Count(request => request.IsInsert));
        Assert.Equal(250, await exporter.CountAsync("otel_traces"));
    }

    [Fact]
    public async Task TooManyPartitions_IsCutByDays()
    {
        await using var exporter = await ExporterOnEngine.StartAsync();
        exporter.Server.Script.ThenForInserts(
            ServerBehaviour.Refuse(252, "TOO_MANY_PARTS", "Too many partitions for single INSERT block (more than 20)"),
            ServerBehaviour.Refuse(252, "TOO_MANY_PARTS", "Too many partitions for single INSERT block (more than 20)"));

        var outcome = await exporter.ExportAsync(OtlpSignal.Traces, Days(50), 50);

        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.Equal(5, exporter.Server.Requests.Count(request => request.IsInsert));
        Assert.Equal(50, await exporter.CountAsync("otel_traces"));
    }

    private static ExportTraceServiceRequest Days(int count)
    {
        var request = new StandardLoad().Traces(count);
        var day = 0UL;
        foreach (var span in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
        {
            span.StartTimeUnixNano -= day * 86_400_000_000_000;
            span.EndTimeUnixNano -= day++ * 86_400_000_000_000;
        }

        return request;
    }

    private static async Task AssertDeliveredAsync(ExporterOnEngine exporter, OtlpSignal signal, StandardLoad load)
    {
        var outcome = await exporter.ExportAsync(signal, load.Next(signal, Items), Items);
        Assert.True(outcome.Kind == ExportOutcomeKind.Delivered, outcome.Message);
        Assert.Equal(0, outcome.RejectedItems);
    }
}
