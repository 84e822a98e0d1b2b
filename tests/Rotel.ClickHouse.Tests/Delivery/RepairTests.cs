using Microsoft.Extensions.Logging;
using Rotel.ClickHouse.Rows;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.ClickHouse.Delivery;

/// <summary>What an operator has to put right: the log says what, shows no secret, and nothing acknowledged is lost until it is done.</summary>
public sealed class RepairTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-exporter";

    private readonly LogRecorder _log = new();
    private ILoggerFactory _loggers = null!;
    private ClickHouseServer _server = null!;
    private ClickHouseDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
        _server = await ClickHouseServer.StartAsync(TestContext.Current.CancellationToken);
        _server.Users.Set("rotel", Secret);
        _database = await _server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
        _loggers.Dispose();
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Metrics)]
    public async Task Delivery_IntoTablesThatAreMissing_NamesTheCommandAndWaitsForThem(OtlpSignal signal)
    {
        ClickHouseSchema? schema = null;
        await using var agent = await StartAsync(exporter =>
        {
            exporter.CreateSchema = false;
            schema = ClickHouseSchema.Of(exporter);
        });
        var sent = new StandardLoad().Next(signal, items: 30);
        await agent.SendAsync(sent);
        await _log.UntilAsync(
            line => line.Level >= LogLevel.Warning && line.Message.Contains("clickhouse-ddl", StringComparison.Ordinal),
            "the command that creates the tables is named",
            TestContext.Current.CancellationToken);

        foreach (var statement in schema!.Statements(signal))
            await _database.QueryAsync(statement, cancellation: TestContext.Current.CancellationToken);
        await agent.FlushAsync();

        await RowAssert.HoldAsync(_database, [sent], AttributeForm.Map);
        AssertNoSecret();
    }

    [Fact]
    public async Task Delivery_WithAWrongPassword_SaysSoAndWaitsForTheRightOne()
    {
        _server.Users.Set("rotel", "another");
        await using var agent = await StartAsync();
        var sent = new StandardLoad().Next(OtlpSignal.Traces);
        await agent.SendAsync(sent);
        await _log.UntilAsync(
            line => line.Level >= LogLevel.Warning && line.Message.Contains("password", StringComparison.OrdinalIgnoreCase),
            "the password is named as what to check",
            TestContext.Current.CancellationToken);

        _server.Users.Set("rotel", Secret);
        await agent.FlushAsync();

        await RowAssert.HoldAsync(_database, [sent], AttributeForm.Map);
        AssertNoSecret();
    }

    [Fact]
    public async Task Delivery_IntoATableDroppedMeanwhile_CreatesItAgain()
    {
        await using var agent = await StartAsync();
        var load = new StandardLoad();
        await agent.SendAsync(load.Next(OtlpSignal.Logs));
        await agent.FlushAsync();
        await _database.QueryAsync("DROP TABLE otel_logs SYNC", cancellation: TestContext.Current.CancellationToken);

        var sent = load.Next(OtlpSignal.Logs);
        await agent.SendAsync(sent);
        await agent.FlushAsync();

        await RowAssert.HoldAsync(_database, [sent], AttributeForm.Map);
    }

    [Fact]
    public async Task Delivery_AfterAnOptionalColumnWasDropped_GoesOnWithoutIt()
    {
        await using var agent = await StartAsync();
        var load = new StandardLoad();
        await agent.SendAsync(load.Next(OtlpSignal.Logs));
        await agent.FlushAsync();
        await _database.QueryAsync("ALTER TABLE otel_logs DROP COLUMN EventName", cancellation: TestContext.Current.CancellationToken);

        await agent.SendAsync(load.Next(OtlpSignal.Logs));
        await agent.FlushAsync();

        Assert.Equal(200, await _database.CountAsync("SELECT count() FROM otel_logs", TestContext.Current.CancellationToken));
    }

    /// <summary>Each table's insert is a unit of its own: when one of a batch loses its answer, the others are not repeated.</summary>
    [Fact]
    public async Task Delivery_WhenOneTablesAnswerIsLost_RepeatsThatInsertAlone()
    {
        await using var agent = await StartAsync();
        var load = new StandardLoad();
        var first = load.Next(OtlpSignal.Metrics);
        await agent.SendAsync(first);
        await agent.FlushAsync();
        var before = _server.Requests.Count;

        _server.Script.ThenFor(request => request.IsInsert && request.Query.Contains("metrics_sum", StringComparison.Ordinal), ServerBehaviour.LoseAnswer);
        var second = load.Next(OtlpSignal.Metrics);
        await agent.SendAsync(second);
        await agent.FlushAsync();

        var inserts = _server.Requests.Skip(before).Where(request => request.IsInsert).ToList();
        var tokens = inserts.GroupBy(request => request.Parameters["insert_deduplication_token"]).Select(group => group.Count());
        Assert.Equal([1, 1, 2], tokens.Order());
        await RowAssert.HoldAsync(_database, [first, second], AttributeForm.Map);
    }

    private Task<ClickHouseAgent> StartAsync(Action<ClickHouseExporterOptions>? configure = null) => ClickHouseAgent.StartAsync(
        _database,
        configure: exporter =>
        {
            exporter.User = "rotel";
            exporter.Password = Secret;
            configure?.Invoke(exporter);
        },
        loggers: _loggers);

    private void AssertNoSecret() => Assert.All(_log.Lines, line => Assert.DoesNotContain(Secret, line.ToString(), StringComparison.Ordinal));
}
