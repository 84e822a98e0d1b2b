using Rotel.Exporters.ClickHouse;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Exporters.Tests.ClickHouse;

public sealed class ClickHouseExporterTypeTests
{
    private readonly ClickHouseExporterType _type = new();

    [Fact]
    public void Validate_WithoutAnEndpoint_SaysWhatToSet() =>
        Assert.StartsWith("endpoint: is missing", Assert.Single(Errors(new ClickHouseExporterOptions())), StringComparison.Ordinal);

    [Theory]
    [InlineData("tcp://ch:9000", "neither http nor https")]
    [InlineData("http://anna:canary@ch:8123", "set 'user' and 'password'")]
    [InlineData("http://ch:8123/?database=canary", "without a query")]
    [InlineData("http://", "expected")]
    [InlineData(",", "expected")]
    [InlineData("ch:8123,anna:canary@ch2:8123", "set 'user' and 'password'")]
    public void Endpoint_ThatCannotBe_SaysWhyAndShowsNoSecret(string text, string part)
    {
        var problem = Row("endpoint").Apply(new ClickHouseExporterOptions(), text);

        Assert.Contains(part, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem, StringComparison.Ordinal);
        if (text.Length > 3 && !text.Contains(',', StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            var fromCode = new ClickHouseExporterOptions { Endpoints = { url } };
            Assert.Contains(part, Assert.Single(Errors(fromCode)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Endpoint_OfSeveralHosts_IsReadInOrder()
    {
        var options = new ClickHouseExporterOptions();

        Assert.Null(Row("endpoint").Apply(options, "ch1:8123, https://ch2:8443/path"));

        Assert.Equal(["http://ch1:8123/", "https://ch2:8443/path"], options.Endpoints.Select(url => url.ToString()));
        Assert.Empty(Errors(options));
        Assert.Equal("http://ch1:8123,https://ch2:8443/path", Row("endpoint").Display(options));
    }

    [Fact]
    public void Validate_ReportsEverythingAtOnce()
    {
        var options = new ClickHouseExporterOptions
        {
            Endpoints = { new("http://ch:8123") },
            Database = " ",
            LogsTable = "a\nb",
            CreateSchema = true,
            Ttl = TimeSpan.FromMilliseconds(1500),
            TableEngine = "Log",
            JsonUnderscore = true,
            NestedKvMaxDepth = -1,
            Compression = (ClickHouseCompression)9,
        };
        options.Tls.ServerName = "ch";

        Assert.Equal(
            ["compression", "database", "json_underscore", "logs_table", "nested_kv_max_depth", "table_engine", "tls_server_name", "ttl"],
            Errors(options).Select(error => error.Split(':')[0]).Order());
    }

    [Fact]
    public void Validate_OfWhatOnlyNewTablesHave_IsAnErrorWhereNoneAreCreated()
    {
        var options = new ClickHouseExporterOptions
        {
            Endpoints = { new("http://ch:8123") },
            Ttl = TimeSpan.FromDays(1),
            Cluster = "c",
            TableEngine = "Null",
        };

        Assert.Equal(3, Errors(options).Count(error => error.Contains("has no effect without 'create_schema'", StringComparison.Ordinal)));
        options.CreateSchema = true;
        options.TableEngine = "MergeTree";
        Assert.Empty(Errors(options));
    }

    [Theory]
    [InlineData(64L << 20, 16 << 20)]
    [InlineData(1L << 30, 32 << 20)]
    [InlineData(1L << 20, 3_670_016)]
    public void DefaultBatch_IsLargeAndLeavesRoomInTheQueue(long queue, int bytes)
    {
        var batch = _type.DefaultBatch(queue);

        Assert.Equal((50_000, bytes, TimeSpan.FromSeconds(1)), (batch.MaxItems, batch.MaxBytes, batch.Timeout));
    }

    [Fact]
    public void Profiles_AreNotTaken()
    {
        Assert.False(_type.Takes(OtlpSignal.Profiles));
        Assert.True(_type.Takes(OtlpSignal.Metrics));
    }

    private Setting Row(string name) => _type.Settings.Single(row => row.Name == name);

    private List<string> Errors(ClickHouseExporterOptions options)
    {
        var errors = new CollectedErrors();
        _type.Validate(options, OtlpSignals.Mergeable.ToArray(), errors);
        return errors.All;
    }
}
