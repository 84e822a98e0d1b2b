using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Processors.Redaction;
using Rotel.Processors.Sampling;
using Rotel.Processors.Typed;

namespace Rotel.Tests.Configuration;

/// <summary>Which processors there are, and in which order each signal passes them.</summary>
public sealed class ProcessorSelectionTests
{
    private const string Blackhole = "ROTEL_EXPORTER=blackhole";
    private const string Two = "ROTEL_PROCESSORS=cards:redaction, Tenth:probabilistic_sampler";
    private const string AllKeys = "ROTEL_PROCESSOR_CARDS_ALLOW_ALL_KEYS=true";

    [Fact]
    public void Load_NothingSaid_HasNone()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole));
        Assert.Empty(plan.Options.Processors);
        Assert.All(OtlpSignals.All.ToArray(), signal => Assert.Empty(plan.ProcessorsOf(signal)));
    }

    [Fact]
    public void Load_ProcessorsNamed_AreForTheSignalsTheyWorkOnInThatOrder()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys));
        Assert.Equal(["cards", "tenth"], plan.Options.Processors);
        Assert.Equal(["cards", "tenth"], Names(plan, OtlpSignal.Traces));
        Assert.Equal(["cards"], Names(plan, OtlpSignal.Metrics));
        Assert.Equal(["cards", "tenth"], Names(plan, OtlpSignal.Logs));
        Assert.Empty(plan.ProcessorsOf(OtlpSignal.Profiles));
    }

    [Fact]
    public void Load_SettingsOfAProcessor_AreReadFromEverySourceAndCodeComesOnTop()
    {
        var plan = RotelConfiguration.Load(
            Sources.Section(
                    "Rotel:Processors:cards:Type=redaction",
                    "Rotel:Processors:cards:BlockedValues:0=4[0-9]{12,15}",
                    "Rotel:Processors:cards:AllowAllKeys=false",
                    "Rotel:Processors:tenth=probabilistic_sampler")
                .WithEnvironment(Blackhole, "ROTEL_PROCESSOR_CARDS_ALLOW_ALL_KEYS=true", "ROTEL_PROCESSOR_TENTH_PERCENTAGE=20"),
            rotel => rotel.Processors.AddProbabilisticSampler("tenth", sampler => sampler.Percentage = 30));
        var cards = (RedactionOptions)plan.Options.Processors.Find("cards")!.Options;
        var tenth = (ProbabilisticSamplerOptions)plan.Options.Processors.Find("tenth")!.Options;
        Assert.True(cards.AllowAllKeys);
        Assert.Equal(["4[0-9]{12,15}"], cards.BlockedValues);
        Assert.Equal(30, tenth.Percentage);
    }

    [Fact]
    public void Load_SignalsOfAProcessor_KeepItOffTheOthers()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys, "ROTEL_PROCESSOR_CARDS_SIGNALS=logs"));
        Assert.Equal(["tenth"], Names(plan, OtlpSignal.Traces));
        Assert.Empty(Names(plan, OtlpSignal.Metrics));
        Assert.Equal(["cards", "tenth"], Names(plan, OtlpSignal.Logs));
    }

    [Fact]
    public void Load_SignalHasAList_OrdersAndLeavesNothingOut()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys, "ROTEL_PROCESSORS_LOGS=tenth"));
        Assert.Equal(["cards", "tenth"], Names(plan, OtlpSignal.Traces));
        Assert.Equal(["cards", "tenth"], Names(plan, OtlpSignal.Logs));

        plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys, "ROTEL_PROCESSORS_LOGS=tenth,cards"));
        Assert.Equal(["tenth", "cards"], Names(plan, OtlpSignal.Logs));
    }

    [Fact]
    public void Load_CodeAdds_ComesBehindTheSourcesInTheOrderOfTheCalls()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys), rotel =>
        {
            rotel.Traces.Process(spans => spans.ScopeSpans.Clear());
            rotel.Processors.AddRedaction("late", redaction => redaction.AllowAllKeys = true);
            rotel.Traces.Process((_, _) => ValueTask.CompletedTask, step => step.Name = "waits").Process(new Nothing()).Process<Nothing>();
            rotel.Logs.Process((_, _) => { });
        });
        Assert.Equal(["cards", "tenth", "traces-1", "late", "waits", "Nothing", "Nothing"], Names(plan, OtlpSignal.Traces));
        Assert.Equal(["cards", "late"], Names(plan, OtlpSignal.Metrics));
        Assert.Equal(["cards", "tenth", "late", "logs-1"], Names(plan, OtlpSignal.Logs));
    }

    [Fact]
    public void Load_OptionsOfOwnSteps_AreThoseForAllUnlessTheStepSaysOtherwise()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment(Blackhole, "ROTEL_PROCESSORS_ON_FAILURE=drop", "ROTEL_PROCESSORS_TIME_LIMIT=1s"),
            rotel => rotel.Traces.Process(_ => { }).Process(_ => { }, step => step.TimeLimit = TimeSpan.FromSeconds(2)));
        var steps = plan.ProcessorsOf(OtlpSignal.Traces).Cast<ProcessorStep.User>()
            .Select(step => step.OptionsOver(plan.Options.UserProcessors)).ToArray();
        Assert.All(steps, step => Assert.Equal(ProcessorFailureMode.Drop, step.OnFailure));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], steps.Select(step => step.TimeLimit));
    }

    [Fact]
    public void Load_ProcessorOfSignalsThatGoNowhere_IsWarnedOf()
    {
        var sources = Sources.Environment(Blackhole, "ROTEL_PROCESSORS=tenth:probabilistic_sampler", "ROTEL_PROCESSOR_TENTH_SIGNALS=traces");

        Assert.DoesNotContain(
            RotelConfiguration.Load(sources).Warnings, warning => warning.Contains("tenth", StringComparison.Ordinal));
        Assert.Contains(
            RotelConfiguration.Load(sources, rotel => rotel.Metrics.ExportTo("blackhole")).Warnings,
            warning => warning.Contains("the processor tenth does nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_NamesOfOwnStepsThatAreNone_AreErrors()
    {
        var sources = Sources.Environment(Blackhole);

        Assert.Contains("leave it out", Sources.ErrorOf(sources, rotel => rotel.Traces.Process(_ => { }, step => step.Name = " ")), StringComparison.Ordinal);
        Assert.Contains("all steps", Sources.ErrorOf(sources, rotel => rotel.UserProcessors.Name = "mask"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ROTEL_PROCESSORS=x:nothing", "ROTEL_PROCESSORS", "unknown type of processor")]
    [InlineData("ROTEL_PROCESSORS=a:b:c", "ROTEL_PROCESSORS", "such as cards:redaction")]
    [InlineData("ROTEL_PROCESSORS=größe:probabilistic_sampler", "Rotel:Processors:größe", "letters, digits")]
    [InlineData("ROTEL_PROCESSORS_TRACES=cards", "ROTEL_PROCESSORS_TRACES", "neither a built-in processor nor the path")]
    [InlineData("ROTEL_PROCESSORS_TRACES=/app/redact.py", "ROTEL_PROCESSORS_TRACES", "Python")]
    [InlineData("ROTEL_PROCESSORS_LOGS=/app/redact.cs", "ROTEL_PROCESSORS_LOGS", "AllowProcessorFiles")]
    [InlineData("ROTEL_OTLP_WITH_TRACE_PROCESSOR=/app/redact.dll", "ROTEL_PROCESSORS_TRACES", "AllowProcessorFiles")]
    [InlineData("ROTEL_PROCESSORS_TIME_LIMIT=0s", "ROTEL_PROCESSORS_TIME_LIMIT", "more than 0")]
    public void Load_WrongProcessors_AreErrorsThatNameTheSetting(string variable, string setting, string problem)
    {
        var error = Sources.ErrorOf(Sources.Environment(Blackhole, variable));
        Assert.Contains(setting, error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ROTEL_PROCESSORS_METRICS=tenth", "does not work on metrics")]
    [InlineData("ROTEL_PROCESSORS_LOGS=tenth,TENTH", "names tenth twice")]
    [InlineData("ROTEL_PROCESSOR_TENTH_SIGNALS=metrics", "does not work on")]
    [InlineData("ROTEL_PROCESSOR_CARDS_BLOCKED_VALUES=(", "BLOCKED_VALUES")]
    public void Load_WrongSettingsOfAProcessor_AreErrors(string variable, string problem) => Assert.Contains(
        problem, Sources.ErrorOf(Sources.Environment(Blackhole, Two, AllKeys, variable)), StringComparison.Ordinal);

    [Fact]
    public void Load_NamesThatMakeOneVariable_AreRefused() => Assert.Contains(
        "would be a setting of the processor a-b and of a_b",
        Sources.ErrorOf(Sources.Environment(Blackhole, "ROTEL_PROCESSORS=a-b:probabilistic_sampler,a_b:probabilistic_sampler")),
        StringComparison.Ordinal);

    [Fact]
    public void Load_SameNameWithAnotherType_IsRefused() => Assert.Contains(
        "use another name",
        Sources.ErrorOf(Sources.Environment(Blackhole, Two, AllKeys), rotel => rotel.Processors.AddRedaction("tenth")),
        StringComparison.Ordinal);

    [Fact]
    public void Load_SectionWithoutType_IsAnErrorThatNamesTheTypes() => Assert.Contains(
        "redaction",
        Sources.ErrorOf(Sources.Section("Rotel:Processors:cards:AllowAllKeys=true").WithEnvironment(Blackhole)),
        StringComparison.Ordinal);

    [Fact]
    public void Load_OwnStepSetWrong_IsAnErrorThatNamesTheStep() => Assert.Contains(
        "the processor slow of traces",
        Sources.ErrorOf(
            Sources.Environment(Blackhole),
            rotel => rotel.Traces.Process(_ => { }, step => (step.Name, step.TimeLimit) = ("slow", TimeSpan.Zero))),
        StringComparison.Ordinal);

    [Fact]
    public void Describe_Processors_ShowsThemAsTheVariablesThatWouldMakeThem()
    {
        var text = EffectiveConfiguration.Describe(
            RotelConfiguration.Load(Sources.Environment(Blackhole, Two, AllKeys, "ROTEL_PROCESSORS_LOGS=tenth,cards")));
        Assert.Contains("ROTEL_PROCESSORS=cards:redaction,tenth:probabilistic_sampler", text, StringComparison.Ordinal);
        Assert.Contains("ROTEL_PROCESSORS_LOGS=tenth,cards", text, StringComparison.Ordinal);
        Assert.Contains("# processor cards of type redaction, for traces, metrics, logs", text, StringComparison.Ordinal);
        Assert.Contains("ROTEL_PROCESSOR_TENTH_PERCENTAGE=", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(RotelPlan plan, OtlpSignal signal) => plan.ProcessorsOf(signal).Select(step => step.Name);

    private sealed class Nothing : ITraceProcessor
    {
        public void Process(OpenTelemetry.Proto.Trace.V1.ResourceSpans resourceSpans, ProcessorContext context)
        {
        }
    }
}
