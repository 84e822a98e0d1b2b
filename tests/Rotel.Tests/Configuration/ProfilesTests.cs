using Rotel.Configuration;
using Rotel.Otlp;

namespace Rotel.Tests.Configuration;

public sealed class ProfilesTests
{
    [Fact]
    public void Profiles_Enabled_GoToTheOnlyExporter()
    {
        var plan = RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_OTLP_RECEIVER_PROFILES_ENABLED=true"), null);

        Assert.Equal("blackhole", Assert.Single(plan.ExportersOf(OtlpSignal.Profiles)).Name);
    }

    [Fact]
    public void Profiles_NotEnabled_GoNowhere()
    {
        var plan = RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTER=blackhole"), null);

        Assert.Empty(plan.ExportersOf(OtlpSignal.Profiles));
        Assert.NotEmpty(plan.ExportersOf(OtlpSignal.Traces));
    }

    [Fact]
    public void Profiles_RoutedButNotReceived_NamesBothSettings()
    {
        var error = Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTERS=blackhole", "ROTEL_EXPORTERS_PROFILES=blackhole"));

        Assert.Equal(
            "Rotel:ExportersProfiles (ROTEL_EXPORTERS_PROFILES): profiles are not received; set ROTEL_OTLP_RECEIVER_PROFILES_ENABLED to true as"
                + " well.",
            error);
    }

    [Fact]
    public void Profiles_ToAFile_IsAnError()
    {
        var error = Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=file", "ROTEL_OTLP_RECEIVER_PROFILES_ENABLED=true"));

        Assert.Equal(
            "Rotel:ExportersProfiles (ROTEL_EXPORTERS_PROFILES): the exporter file is of type file, which takes no profiles.", error);
    }

    [Fact]
    public void DebugLog_OfProfiles_IsAnError() => Assert.StartsWith(
        "Rotel:DebugLog (ROTEL_DEBUG_LOG): expected a list of traces, metrics and logs",
        Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_DEBUG_LOG=profiles")),
        StringComparison.Ordinal);
}
