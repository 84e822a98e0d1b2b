using Google.Protobuf;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.ClickHouse.Rows;

/// <summary>What was sent as OTLP is what the real ClickHouse holds, row by row and value by value.</summary>
public sealed class RowTests
{
    public static TheoryData<AttributeForm> Forms() => [AttributeForm.Map, AttributeForm.Json];

    public static MatrixTheoryData<OtlpSignal, AttributeForm> Signals() =>
        new([OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs], [AttributeForm.Map, AttributeForm.Json]);

    /// <summary>Requests that cover every field of OTLP, in the encoding of SDKs and in any other legal one.</summary>
    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Rows_OfGeneratedTelemetry_AreWhatWasSent(OtlpSignal signal, AttributeForm form)
    {
        await using var database = await ClickHouseDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var agent = await ClickHouseAgent.StartAsync(database, form);
        var sent = new List<IMessage>();
        foreach (var seed in (int[])[1, 2, 3, FreshSeed.Value])
        {
            var request = new TelemetryGenerator(seed, new TelemetrySize { Items = 6 }).Request(signal);
            var encoded = seed % 2 == 1 ? new WireReshaper(seed).Reshape(request.ToByteArray(), request.Descriptor).Bytes : request.ToByteArray();
            Assert.Equal(200, await agent.PostAsync(request, encoded));
            sent.Add(request);
        }

        await agent.FlushAsync();

        await RowAssert.HoldAsync(database, sent, form, $"seed {FreshSeed.Value}");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_OfOddSpans_AreWhatWasSent(AttributeForm form) => await AssertRowsAsync(form, HandMadeSpans.All());

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_OfOddLogs_AreWhatWasSent(AttributeForm form) => await AssertRowsAsync(form, HandMadeLogs.All());

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_OfOddMetrics_AreWhatWasSent(AttributeForm form) => await AssertRowsAsync(form, HandMadeMetrics.All());

    /// <summary>More days than the server takes in one insert.</summary>
    [Fact]
    public async Task Rows_OfOneBatchOver150Days_AreAllThere() => await AssertRowsAsync(
        AttributeForm.Map, HandMadeSpans.OnDays(150), HandMadeLogs.OnDays(150), HandMadeMetrics.OnDays(150));

    /// <summary>More than fit two bytes of a dictionary's indexes.</summary>
    [Fact]
    public async Task Rows_WithMoreThan65535DistinctKeys_AreWhatWasSent() =>
        await AssertRowsAsync(AttributeForm.Map, HandMadeSpans.Distinct(66_000));

    [Theory]
    [InlineData(ClickHouseCompression.None)]
    [InlineData(ClickHouseCompression.Zstd)]
    public async Task Rows_InOtherCompressions_AreWhatWasSent(ClickHouseCompression compression) => await AssertRowsAsync(
        AttributeForm.Map,
        [.. HandMadeSpans.All(), .. HandMadeLogs.All(), .. HandMadeMetrics.All()],
        exporter => exporter.Compression = compression);

    /// <summary>Nothing that is let in is too deep for the tables; what is too deep is refused at the door.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_OfDeepValues_AreThereUpToTheDepthThatIsAccepted(bool asMap)
    {
        await using var database = await ClickHouseDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var agent = await ClickHouseAgent.StartAsync(database);
        var accepted = new List<IMessage>();
        var refused = 0;
        for (var depth = 25; depth <= 70; depth++)
        {
            var request = HandMadeLogs.Deep(depth, asMap);
            if (await agent.PostAsync(request) == 200)
                accepted.Add(request);
            else
                refused++;
        }

        await agent.FlushAsync();

        Assert.NotEmpty(accepted);
        Assert.NotEqual(0, refused);
        await RowAssert.HoldAsync(database, accepted, AttributeForm.Map);
    }

    /// <summary>Grafana and the collector's queries use the column that the server computes.</summary>
    [Fact]
    public async Task TimestampTime_OfLogs_IsTheSecondOfTheTimestamp()
    {
        await using var database = await ClickHouseDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var agent = await ClickHouseAgent.StartAsync(database);
        await agent.SendAsync(HandMadeLogs.OnDays(3));
        await agent.FlushAsync();

        Assert.Equal(3, await database.CountAsync(
            "SELECT count() FROM otel_logs WHERE toUnixTimestamp(TimestampTime) = intDiv(toUnixTimestamp64Nano(Timestamp), 1000000000)",
            TestContext.Current.CancellationToken));
    }

    private static Task AssertRowsAsync(AttributeForm form, params IEnumerable<IMessage> requests) => AssertRowsAsync(form, requests, null);

    private static async Task AssertRowsAsync(
        AttributeForm form, IEnumerable<IMessage> requests, Action<ClickHouseExporterOptions>? configure)
    {
        var sent = requests.ToList();
        await using var database = await ClickHouseDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var agent = await ClickHouseAgent.StartAsync(database, form, configure);
        await agent.SendAsync(sent);
        await agent.FlushAsync();
        await RowAssert.HoldAsync(database, sent, form);
    }
}
