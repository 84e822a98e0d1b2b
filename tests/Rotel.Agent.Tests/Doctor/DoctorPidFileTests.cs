using System.Net;
using System.Net.Sockets;
using Rotel.Sharing;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests.Doctor;

/// <summary>What <c>rotel doctor</c> says of the file of a shared agent.</summary>
public sealed class DoctorPidFileTests : IDisposable
{
    private static readonly string[] Flags = ["--json", "--no-test-item", "--exporter=blackhole"];

    private readonly TestFiles _files = new();

    private string Path => _files.PathOf("agent.pid");

    [Fact]
    public async Task File_ThatIsNotThere_WouldBeMade()
    {
        var run = await RunAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"ok pid_file: {Path} would be made", run.Check("ok pid_file"));
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Holder_IsNamedWithoutItsToken()
    {
        using var holder = AgentFile.Open(Path);
        Assert.Equal($"ok pid_file: {Path} is held by a Rotel that has not said where it is yet", (await RunAsync()).Check("ok pid_file"));

        var token = new byte[AgentRecord.TokenBytes];
        holder.Write(new AgentRecord(4711, 41234, token, "f", [], []));
        var run = await RunAsync();
        Assert.Equal($"ok pid_file: {Path} is held by process 4711 at port 41234", run.Check("ok pid_file"));
        Assert.DoesNotContain(Convert.ToBase64String(token), run.Output, StringComparison.Ordinal);
        Assert.True(holder.IsLocked);

        holder.Dispose();
        Assert.Equal($"ok pid_file: {Path} is there, and no Rotel runs that holds it", (await RunAsync()).Check("ok pid_file"));
    }

    [Fact]
    public async Task Link_CannotBeUsed()
    {
        File.CreateSymbolicLink(Path, _files.PathOf("target"));

        var run = await RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"failed pid_file: '{Path}' is a link, which is not followed; name the file itself | Or name another file with ROTEL_PID_FILE.",
            run.Check("failed pid_file"));
    }

    [Fact]
    public async Task File_OfNobody_IsNotSpokenOf() =>
        Assert.DoesNotContain((await DoctorRun.Of(Flags)).Checks, check => check.Contains("pid_file", StringComparison.Ordinal));

    /// <summary>The one that holds the file listens there.</summary>
    [Fact]
    public async Task Port_ThatIsTaken_IsNoFailureWhereAnotherMayListen()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = await DoctorRun.OnPort($"{listener.LocalEndpoint}", [.. Flags, $"--pid-file={Path}"]);

        Assert.Equal(0, run.ExitCode);
        run.Check("warning listen");
    }

    public void Dispose() => _files.Dispose();

    private Task<DoctorRun> RunAsync() => DoctorRun.Of([.. Flags, $"--pid-file={Path}"]);
}
