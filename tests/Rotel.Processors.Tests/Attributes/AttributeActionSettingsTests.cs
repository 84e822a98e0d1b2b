using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Processors.Attributes;

public sealed class AttributeActionSettingsTests
{
    [Fact]
    public void Settings_InAnyOrder_BecomeActionsInTheOrderOfTheirKinds()
    {
        var options = Read(
            ("delete_patterns", "^internal[.],x$"), ("delete", "b,a"), ("hash_patterns", "user"), ("hash", "ip"), ("rename", "old=new"),
            ("convert", "port=int"), ("extract", "url=^/(?<version>v.)"), ("upsert_from", "u=v"), ("upsert", "b=2,a=1"), ("update_from", "p=q"),
            ("update", "p=r"), ("insert_from", "i=j"), ("insert", "i=k"));

        Assert.Equal(
            [
                "Insert i k", "Insert i j", "Update p r", "Update p q", "Upsert b 2", "Upsert a 1", "Upsert u v", "Extract url ^/(?<version>v.)",
                "Convert port int", "Rename old new", "Hash ip ip", "Hash  user", "Delete b b", "Delete a a", "Delete  ^internal[.]", "Delete  x$",
            ],
            options.Actions.Select(action => $"{action.Kind} {action.Key} {action.Text}"));
        Assert.Empty(Problems(options));
    }

    [Fact]
    public void Settings_GivenAgain_MergePairsAndReplaceLists()
    {
        var options = Read(("upsert", "a=1,b=1"), ("delete", "x"), ("upsert", "b=2,c=2"), ("delete", "y"));
        options.Actions.Insert("code", 3);

        Assert.Equal(
            ["Upsert a 1", "Upsert b 2", "Upsert c 2", "Delete y y", "Insert code 3"],
            options.Actions.Select(action => $"{action.Kind} {action.Key} {Shown(action)}"));
    }

    [Fact]
    public void Settings_ReadBack_AreWhatWasSet()
    {
        var type = new AttributesProcessorType();
        var options = Read(("upsert", "a=1,b=2"), ("convert", "a=int"), ("delete_patterns", "^x"));

        Assert.Equal("a=1,b=2", type.Settings.Single(row => row.Name == "upsert").Show(options));
        Assert.Equal("a=int", type.Settings.Single(row => row.Name == "convert").Show(options));
        Assert.Equal("^x", type.Settings.Single(row => row.Name == "delete_patterns").Show(options));
        Assert.Null(type.Settings.Single(row => row.Name == "insert").Show(options));
    }

    [Fact]
    public void Mistakes_AreAllReportedUnderTheirSettings()
    {
        var options = Read(("convert", "port=integer"), ("extract", "a=(.*),b=("), ("hash_patterns", "["), ("rename", "same=same"));
        options.Actions.Upsert("", "value").Delete("");

        Assert.Equal(["extract", "extract", "convert", "rename", "hash_patterns", "upsert", "delete"], Problems(options).Select(problem => problem.Setting));
        Assert.All(Problems(options), problem => Assert.NotEmpty(problem.Problem));
    }

    [Fact]
    public void Type_WithoutActions_MakesNoStep()
    {
        var setup = default(Pipelines.ProcessorSetup)!;

        Assert.Null(new AttributesProcessorType().Create((Pipelines.ProcessorOptions)new AttributesOptions(), OtlpSignal.Logs, setup));
        Assert.Null(new ResourceProcessorType().Create((Pipelines.ProcessorOptions)new ResourceOptions(), OtlpSignal.Logs, setup));
    }

    private static string Shown(AttributeAction action) => action.Value?.ToAnyValue() is { HasIntValue: true } value ? $"{value.IntValue}" : action.Text;

    private static AttributesOptions Read(params (string Row, string Text)[] settings)
    {
        var options = new AttributesOptions();
        var rows = new AttributesProcessorType().Settings;
        foreach (var (row, text) in settings)
            Assert.Null(rows.Single(setting => setting.Name == row).Apply(options, text));
        return options;
    }

    private static List<(string Setting, string Problem)> Problems(AttributesOptions options)
    {
        var errors = new CollectedErrors();
        new AttributesProcessorType().Validate((Pipelines.ProcessorOptions)options, errors);
        return errors.All;
    }

    private sealed class CollectedErrors : SettingErrors
    {
        public List<(string Setting, string Problem)> All { get; } = [];

        public override void Add(string setting, string problem) => All.Add((setting, problem));
    }
}
