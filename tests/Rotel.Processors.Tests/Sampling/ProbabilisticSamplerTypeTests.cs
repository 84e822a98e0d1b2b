using Rotel.Otlp;
using Rotel.Processors.Filtering;
using Rotel.Settings;

namespace Rotel.Processors.Sampling;

public sealed class ProbabilisticSamplerTypeTests
{
    private readonly ProbabilisticSamplerType _type = new();

    [Fact]
    public void Settings_InAnyForm_FillTheOptions()
    {
        var options = new ProbabilisticSamplerOptions();

        Apply(options, "percentage", " 12.5 ");
        Apply(options, "severity_percentages", "info=10, ERROR = 100");
        Apply(options, "mode", "equalizing");
        Apply(options, "precision", "6");
        Apply(options, "hash_records", "false");
        Apply(options, "fail_closed", "false");

        Assert.Equal(12.5, options.Percentage);
        Assert.Equal([new(LogSeverity.Info, 10), new(LogSeverity.Error, 100)], options.SeverityPercentages);
        Assert.Equal(SamplingMode.Equalizing, options.Mode);
        Assert.Equal(6, options.Precision);
        Assert.False(options.HashRecords);
        Assert.False(options.FailClosed);
        Assert.Empty(Validate(options));
        Assert.Equal("info=10,error=100", Of("severity_percentages").Show(options));
        Assert.Null(Of("severity_percentages").ApplyItems(options, [new("Fatal", "99.5")]));
        Assert.Equal(3, options.SeverityPercentages.Count);
    }

    [Theory]
    [InlineData("percentage", "101", "expected a number from 0 to 100")]
    [InlineData("percentage", "-1", "expected a number from 0 to 100")]
    [InlineData("percentage", "NaN", "expected a number from 0 to 100")]
    [InlineData("percentage", "10%", "expected a number from 0 to 100")]
    [InlineData("severity_percentages", "info", "has no '='")]
    [InlineData("severity_percentages", "info=10,loud=5", "before the '=' of item 2")]
    [InlineData("severity_percentages", "info=1000", "after the '=' of item 1")]
    [InlineData("mode", "hash_seed", "expected one of proportional, equalizing")]
    [InlineData("precision", "15", "from 1 to 14")]
    public void Setting_ThatIsWrong_SaysWhatIsRight(string name, string text, string expected) =>
        Assert.Contains(expected, Of(name).Apply(new ProbabilisticSamplerOptions(), text), StringComparison.Ordinal);

    [Fact]
    public void Options_ThatAreWrong_AreAllNamed()
    {
        var options = new ProbabilisticSamplerOptions
        {
            Percentage = double.NaN,
            SeverityPercentages = { [LogSeverity.Warn] = 101, [(LogSeverity)25] = 5 },
            Mode = (SamplingMode)7,
            Precision = 0,
        };

        Assert.Equal(
            ["percentage", "severity_percentages", "severity_percentages", "mode", "precision"],
            Validate(options).Select(error => error.Setting));
        Assert.Empty(Validate(new ProbabilisticSamplerOptions()));
    }

    [Fact]
    public void Type_TakesTracesAndLogs() =>
        Assert.Equal([OtlpSignal.Traces, OtlpSignal.Logs], Enum.GetValues<OtlpSignal>().Where(_type.Takes));

    private void Apply(ProbabilisticSamplerOptions options, string name, string text) => Assert.Null(Of(name).Apply(options, text));

    private Setting Of(string name) => _type.Settings.Single(setting => setting.Name == name);

    private List<(string Setting, string Problem)> Validate(ProbabilisticSamplerOptions options)
    {
        var errors = new Errors();
        _type.Validate(options, errors);
        return errors.All;
    }

    private sealed class Errors : SettingErrors
    {
        public List<(string Setting, string Problem)> All { get; } = [];

        public override void Add(string setting, string problem) => All.Add((setting, problem));
    }
}
