using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Schema;

namespace Rotel.Exporters.Tests.ClickHouse.Schema;

public sealed class TableDescriptionTests
{
    private const string Map = "Map(LowCardinality(String), String)";

    [Theory]
    [InlineData(Map, false, null)]
    [InlineData("JSON", true, null)]
    [InlineData("JSON(max_dynamic_paths=100)", true, null)]
    [InlineData(Map, true, "enable_json is true")]
    [InlineData("JSON", false, "enable_json is false")]
    public void Problem_OfAttributes_NamesTheSetting(string type, bool json, string? part)
    {
        var description = Read(("LogAttributes", type, ""), ("Body", "String", ""));

        var problem = description.Problem(["Body", "LogAttributes"], json);

        if (part is null)
            Assert.Null(problem);
        else
            Assert.Contains(part, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ComputedColumns_CannotBeInserted()
    {
        var description = Read(("Body", "String", ""), ("Alias", "String", "ALIAS"), ("Made", "String", "MATERIALIZED"), ("Other", "Int8", "DEFAULT"));

        Assert.Equal("it lacks the columns Alias, Made", description.Problem(["Body", "Alias", "Made", "Other"], json: false));
        Assert.True(description.Has("Other"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ok.\n")]
    [InlineData("{\"name\":1}")]
    [InlineData("[]")]
    public void Text_ThatIsNoDescription_IsNone(string text) => Assert.Null(TableDescription.Read(ClickHouseTable.Logs, "t", text));

    private static TableDescription Read(params (string Name, string Type, string Kind)[] columns) =>
        TableDescription.Read(
            ClickHouseTable.Logs,
            "otel_logs",
            string.Join('\n', columns.Select(column =>
                $$"""{"name":"{{column.Name}}","type":"{{column.Type}}","default_type":"{{column.Kind}}"}""")))!;
}
