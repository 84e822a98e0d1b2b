using Rotel.Agent.Migration;

namespace Rotel.Agent.Tests.Migration;

/// <summary>Conditions of the collector's filter: as settings, in code only, or quoted.</summary>
public sealed class OttlTests
{
    [Theory]
    [InlineData("span", """attributes["http.route"] == "/health" """, "DropAttributes", "http.route", "/health")]
    [InlineData("span", """span.attributes["http.route"] == "/health" """, "DropAttributes", "http.route", "/health")]
    [InlineData("span", """resource.attributes["service.name"] == "a" """, "DropServices", "0", "a")]
    [InlineData("span", """resource.attributes["host.name"] == "a" """, "DropResourceAttributes", "host.name", "a")]
    [InlineData("span", """name == "^x" """, "DropSpanNames", "0", @"^\^x\z")]
    [InlineData("span", """IsMatch(name, "^GET .*$")""", "DropSpanNames", "0", "^GET .*$")]
    [InlineData("span", """IsMatch(name, "^a|b")""", "DropSpanNames", "0", "^(?s:.*?)(?:^a|b)")]
    [InlineData("span", """IsMatch(attributes["url"], "health")""", "DropAttributes", "url", "^(?s:.*?)(?:health)")]
    [InlineData("span", "kind == SPAN_KIND_INTERNAL", "DropSpanKinds", "0", "internal")]
    [InlineData("span", """instrumentation_scope.name == "s" """, "DropScopes", "0", "s")]
    [InlineData("log_record", "severity_number < SEVERITY_NUMBER_INFO2", "DropBelowSeverity", "", "info2")]
    [InlineData(
        "log_record", "severity_number != SEVERITY_NUMBER_UNSPECIFIED and severity_number < SEVERITY_NUMBER_WARN",
        "DropBelowSeverity", "", "warn")]
    [InlineData("log_record", """IsMatch(body, "^noise")""", "DropLogBodies", "0", "^noise")]
    [InlineData("metric", """name == "http.server.duration" """, "DropMetricNames", "0", "http.server.duration")]
    [InlineData("metric", """(IsMatch(name, "^otelcol\\.")) """, "DropMetricNames", "0", @"^otelcol\.")]
    [InlineData("datapoint", """attributes["code"] == "200" """, "DropAttributes", "code", "200")]
    public void Condition_AListSays_IsASetting(string level, string condition, string row, string key, string value)
    {
        var files = Migrate(level, condition.Trim());

        Assert.Empty(files.Configuration.Report.Leftovers);
        var filter = MigratedFilter(files).GetProperty(row);
        var actual = key.Length == 0 ? filter : key == "0" ? filter[0] : filter.GetProperty(key);
        Assert.Equal(value, actual.GetString());
        MigratedPlan.Check(files);
    }

    [Fact]
    public void Condition_WithOr_IsSeveralSettings()
    {
        var files = Migrate("span", """attributes["a"] == "1" or attributes["a"] == "2" or name == "x" """);

        Assert.Equal(@"^(?:1\z|2\z)", MigratedFilter(files).GetProperty("DropAttributes").GetProperty("a").GetString());
        Assert.Equal("x", MigratedFilter(files).GetProperty("DropSpanNames")[0].GetString());
        Assert.Empty(files.Configuration.Report.Leftovers);
        MigratedPlan.Check(files);
    }

    [Theory]
    [InlineData("span", """name == "a" and attributes["b"] != "c" """, """(Spans.Name.Is("a") & !Spans.Attribute("b").Is("c"))""")]
    [InlineData("span", """not (status.code == STATUS_CODE_ERROR) """, "!(Spans.Status.Is(ActivityStatusCode.Error))")]
    [InlineData(
        "span", """attributes["n"] >= 500 and kind == SPAN_KIND_SERVER""",
        """((Spans.Attribute("n") >= 500) & Spans.Kind.Is(ActivityKind.Server))""")]
    [InlineData("span", """attributes["b"] == nil""", """!Spans.Attribute("b").IsPresent""")]
    [InlineData("span", """attributes["b"] == true""", """Spans.Attribute("b").Is(true)""")]
    [InlineData(
        "span", """resource.attributes["a"] == "1" and resource.attributes["b"] == "2" """,
        """(Resources.Attribute("a").Is("1") & Resources.Attribute("b").Is("2"))""")]
    [InlineData(
        "log_record", """severity_number >= SEVERITY_NUMBER_INFO and IsMatch(body, "x")""",
        """(LogRecords.Severity >= LogSeverity.Info & LogRecords.Body.Matches("x"))""")]
    [InlineData("metric", """name == "a" and unit == "s" """, """(Metrics.Name.Is("a") & Metrics.Unit.Is("s"))""")]
    [InlineData(
        "datapoint", """metric.name == "a" and attributes["b"] == "c" """,
        """(Metrics.Name.Is("a") & DataPoints.Attribute("b").Is("c"))""")]
    public void Condition_OnlyCodeSays_IsInTheCodeAndALeftover(string level, string condition, string code)
    {
        var files = Migrate(level, condition.Trim());

        Assert.Contains($"filter.Drop({code});", files.Code, StringComparison.Ordinal);
        var leftover = Assert.Single(files.Configuration.Report.Leftovers);
        Assert.Equal(14, leftover.Place.Line);
        Assert.Contains(condition.Trim(), leftover.Text, StringComparison.Ordinal);
        MigratedPlan.Check(files);
    }

    [Theory]
    [InlineData("""Len(attributes["a"]) > 3""")]
    [InlineData("""attributes["a"]["b"] == "c" """)]
    [InlineData("""IsMatch(Concat([name], ""), "x")""")]
    [InlineData("""name == """)]
    [InlineData("""name == "a" and""")]
    [InlineData("""name == "a" xor name == "b" """)]
    [InlineData("""end_time_unix_nano - start_time_unix_nano > 5""")]
    [InlineData("""IsMatch(name, "(")""")]
    [InlineData("""((((((((((((((((((((((((((((((((((((name == "a"))))))))))))))))))))))))))))))))))))""")]
    [InlineData("""trace_state["a"] == "b" """)]
    public void Condition_NobodyReads_IsQuoted(string condition)
    {
        var files = Migrate("span", condition.Trim());

        var leftover = Assert.Single(files.Configuration.Report.Leftovers);
        Assert.Contains($"`{condition.Trim()}`", leftover.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("filter.Drop", files.Code, StringComparison.Ordinal);
    }

    private static System.Text.Json.JsonElement MigratedFilter(MigratedFiles files)
    {
        using var json = System.Text.Json.JsonDocument.Parse(files.AppSettings);
        return json.RootElement.GetProperty("Rotel").GetProperty("Processors").GetProperty("mine").Clone();
    }

    private static MigratedFiles Migrate(string level, string condition)
    {
        var signal = level switch { "span" => "traces", "log_record" => "logs", _ => "metrics" };
        return MigratedFiles.OfText(
            $$"""
            receivers:
              otlp:
                protocols: {grpc: , http: }
            exporters:
              otlp: {endpoint: "http://backend:5317"}
            service:
              pipelines:
                {{signal}}: {receivers: [otlp], processors: [batch, filter/mine], exporters: [otlp]}
            processors:
              batch:
              filter/mine:
                {{signal}}:
                  {{level}}:
                    - '{{condition.Replace("'", "''", StringComparison.Ordinal)}}'
            """,
            "filter.yaml");
    }
}
