using System.Runtime.Versioning;
using Rotel.Configuration;
using Rotel.Native;
using Rotel.Tests.Configuration;

namespace Rotel.Sharing;

public sealed class SharedAgentSettingsTests : IDisposable
{
    private const string Blackhole = "ROTEL_EXPORTER=blackhole";

    private readonly AgentFolder _folder = new();

    [Fact]
    public void Nothing_IsSharedUnasked()
    {
        Assert.Null(RotelConfiguration.Load(Sources.Environment(Blackhole)).AgentFile);
        Assert.Null(RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=false")).AgentFile);
    }

    [Fact]
    public void PidFile_FromAnySource_IsSharing()
    {
        RotelPlan[] plans =
        [
            RotelConfiguration.Load(Sources.Environment(Blackhole, $"ROTEL_PID_FILE={_folder.Path}")),
            RotelConfiguration.Load(Sources.Section("Rotel:Exporter=blackhole", $"Rotel:PidFile={_folder.Path}")),
            RotelConfiguration.Load(Sources.Flags("--exporter=blackhole", $"--pid-file={_folder.Path}")),
            RotelConfiguration.Load(Sources.Flags("--exporter=blackhole", "--shared-agent", $"--pid-file={_folder.Path}")),
            RotelConfiguration.Load(Sources.Environment(Blackhole), options => options.PidFile = _folder.Path),
            RotelConfiguration.Load(
                Sources.Environment(Blackhole, "ROTEL_PID_FILE=/somewhere/else"), options => options.PidFile = _folder.Path),
        ];

        Assert.All(plans, plan => Assert.Equal((_folder.Path, 0), (plan.AgentFile, plan.Warnings.Count)));
    }

    [Fact]
    public void PidFile_ThatIsRelative_BeginsAtTheCurrentDirectory() => Assert.Equal(
        Path.GetFullPath("run/agent.pid"),
        RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_PID_FILE=run/agent.pid")).AgentFile);

    [Fact]
    public void SharedAgent_WithoutAFile_HasOneOfTheUsers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The place on Unix.");
        var runtime = $"XDG_RUNTIME_DIR={_folder.Directory}";
        var file = _folder.PathOf("rotel/agent.pid");

        Assert.Equal(file, RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=true", runtime)).AgentFile);
        Assert.Equal(file, RotelConfiguration.Load(Sources.Environment(Blackhole, runtime), options => options.SharedAgent = true).AgentFile);
        Assert.False(Directory.Exists(_folder.PathOf("rotel")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nowhere/at/all")]
    [InlineData("/dev/null")]
    [UnsupportedOSPlatform("windows")]
    public void SharedAgent_WithoutARuntimeDirectory_HasAFileAmongTemporaryOnes(string? runtime)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The place on Unix.");
        var sources = Sources.Environment([Blackhole, "ROTEL_SHARED_AGENT=true", .. runtime is null ? [] : (string[])[$"XDG_RUNTIME_DIR={runtime}"]]);

        Assert.Equal($"/tmp/rotel-{UnixFile.EffectiveUser}/agent.pid", RotelConfiguration.Load(sources).AgentFile);
    }

    [Fact]
    public void RuntimeDirectory_OfAnotherUser_IsNotTaken()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess, "Only root gives directories away.");
        var theirs = _folder.PathOf("theirs");
        Directory.CreateDirectory(theirs);
        AgentFolder.Run("chown", "12345", theirs);

        Assert.Equal(
            "/tmp/rotel-0/agent.pid",
            RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=true", $"XDG_RUNTIME_DIR={theirs}")).AgentFile);
    }

    [Fact]
    public void SharedAgent_OnWindows_IsInTheLocalData()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "The place on Windows.");

        Assert.Equal(
            _folder.PathOf("Rotel\\agent.pid"),
            RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=true", $"LOCALAPPDATA={_folder.Directory}")).AgentFile);
        Assert.Contains(
            "has no default here", Sources.ErrorOf(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=true")), StringComparison.Ordinal);
    }

    [Fact]
    public void SharedAgent_SaidToBeOff_IsOffAndSaysThatTheFileMeansNothing()
    {
        const string warning =
            "Rotel:PidFile (ROTEL_PID_FILE): has no effect, for Rotel:SharedAgent (ROTEL_SHARED_AGENT) is false; remove one of them.";
        var fromEnvironment = RotelConfiguration.Load(Sources.Environment(Blackhole, "ROTEL_SHARED_AGENT=false", $"ROTEL_PID_FILE={_folder.Path}"));
        var fromCode = RotelConfiguration.Load(
            Sources.Environment(Blackhole, $"ROTEL_PID_FILE={_folder.Path}"), options => options.SharedAgent = false);

        Assert.All([fromEnvironment, fromCode], plan =>
        {
            Assert.Null(plan.AgentFile);
            Assert.Equal(warning, Assert.Single(plan.Warnings));
        });
    }

    [Fact]
    public void Mistakes_AreAllSaidAtOnce()
    {
        var errors = Sources.ErrorsOf(Sources.Environment(
            "ROTEL_EXPORTERS=shared:blackhole", $"ROTEL_PID_FILE={_folder.Directory}", $"ROTEL_LOG_FILE={_folder.Directory}"));

        Assert.Equal(4, errors.Count);
        Assert.Contains($"Rotel:PidFile (ROTEL_PID_FILE): '{_folder.Directory}' is a directory; add the name of a file.", errors);
        Assert.Contains(
            "Rotel:Exporters:shared: an exporter cannot be called shared while Rotel:SharedAgent (ROTEL_SHARED_AGENT) is on, "
                + "for what other processes hand over is counted under that name; call it something else.",
            errors);
        Assert.Contains(
            "Rotel:PidFile (ROTEL_PID_FILE): is the file that Rotel:LogFile (ROTEL_LOG_FILE) names, too; name another.", errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void PidFile_ThatIsNoPath_IsAnError(string path) => Assert.Equal(
        "Rotel:PidFile (ROTEL_PID_FILE): expected the path of a file, such as /run/my-service/rotel.pid.",
        Sources.ErrorOf(Sources.Environment(Blackhole), options => options.PidFile = path));

    [Fact]
    public void Exporter_CalledShared_IsRightWhereNothingIsShared() =>
        Assert.Equal("shared", Assert.Single(RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTERS=shared:blackhole")).Exporters).Name);

    public void Dispose() => _folder.Dispose();
}
