using Rotel.Configuration;
using Rotel.TestKit;

namespace Rotel.Tests.Configuration;

public sealed class ConfigurationDocumentTests
{
    /// <summary>With <c>ROTEL_TEST_WRITE_DOCS=1</c> the document is brought up to date instead of compared.</summary>
    private const string WriteSwitch = "ROTEL_TEST_WRITE_DOCS";

    [Fact]
    [Proves("server.ports")]
    public async Task Document_HoldsTheTableOfTheCode()
    {
        var path = Checkout.PathOf("docs", "configuration.md");
        var document = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var expected = SettingsDocument.Regenerate(document);
        if (Environment.GetEnvironmentVariable(WriteSwitch) == "1")
            await File.WriteAllTextAsync(path, expected, TestContext.Current.CancellationToken);
        else
            Assert.True(document == expected, $"docs/configuration.md is out of date; run this test with {WriteSwitch}=1 to rewrite its tables");
    }

    [Fact]
    public void Names_AreUniqueAndDerivedFromEachOther()
    {
        var rows = SettingsOverview.Global
            .Concat(AllTypes.Exporters.SelectMany(type => SettingsOverview.Of(type, SettingScope.SingleExporter(type.Name))))
            .Concat(AllTypes.Exporters.SelectMany(type => SettingsOverview.Of(type, SettingScope.NamedExporter($"my-{type.Name}"))))
            .Concat(AllTypes.Receivers.SelectMany(SettingsOverview.Of))
            .Concat(ProcessorTypes.All.SelectMany(type => SettingsOverview.Of(type, SettingScope.Processor($"my-{type.Name}"))))
            .ToArray();

        Assert.Equal(rows.Length, rows.Select(row => row.Names.Variable).Distinct().Count());
        Assert.Equal(rows.Length, rows.Select(row => row.Names.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(rows.Length, rows.Select(row => row.Names.Flag).Distinct().Count());
        Assert.All(rows, row => Assert.EndsWith($"_{row.Setting.Name.ToUpperInvariant()}", row.Names.Variable, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.EndsWith(".", row.Setting.Summary, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_AreReadBackByTheirOwnForm()
    {
        var targets = AllTypes.Exporters.Select(type => (Rows: ConfiguredExporter.RowsOf(type), Options: (object)type.CreateOptions()))
            .Concat(AllTypes.Receivers.Select(type => (Rows: type.Settings.AsEnumerable(), Options: type.CreateOptions())))
            .Concat(ProcessorTypes.All.Select(type => (Rows: ConfiguredProcessor.RowsOf(type), Options: (object)type.CreateOptions())))
            .Append((Rows: GlobalSettings.All, Options: new RotelOptions()));
        foreach (var (rows, options) in targets)
        {
            foreach (var setting in rows)
            {
                if (setting.Show(options) is not { } text)
                    continue;
                Assert.Null(setting.Apply(options, text));
                Assert.Equal(text, setting.Show(options));
            }
        }
    }

    [Fact]
    public void Examples_OfTheDocument_AreRight()
    {
        var environment = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTERS=vendor:otlp,sink:blackhole",
            "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com",
            "ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=x-api-key=KEY,x-data-set=testing",
            "ROTEL_EXPORTERS_TRACES=vendor,sink",
            "ROTEL_EXPORTERS_METRICS=vendor",
            "ROTEL_EXPORTERS_LOGS=vendor").AsCommand());
        var section = RotelConfiguration.Load(Sources.Section(
            "Rotel:Exporters:vendor:Type=otlp",
            "Rotel:Exporters:vendor:Endpoint=https://otlp.example.com",
            "Rotel:Exporters:vendor:CustomHeaders:x-api-key=KEY",
            "Rotel:Exporters:vendor:CustomHeaders:x-data-set=testing",
            "Rotel:Exporters:sink=blackhole",
            "Rotel:ExportersTraces:0=vendor",
            "Rotel:ExportersTraces:1=sink",
            "Rotel:ExportersMetrics=vendor",
            "Rotel:ExportersLogs=vendor").AsCommand());

        Assert.Equal(EffectiveConfiguration.Describe(environment), EffectiveConfiguration.Describe(section));
    }
}
