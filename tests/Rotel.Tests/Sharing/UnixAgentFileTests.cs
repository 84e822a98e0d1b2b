using System.Diagnostics;
using System.Runtime.Versioning;

namespace Rotel.Sharing;

/// <summary>What is refused, and what becomes of the lock, where files have owners, links and inodes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixAgentFileTests : IDisposable
{
    private const string Stranger = "12345";

    private readonly AgentFolder _folder = new();

    public UnixAgentFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "For Unix.");

    [Fact]
    public void NewFile_IsForItsOwnerAlone()
    {
        using var file = _folder.Open();

        var mode = File.GetUnixFileMode(_folder.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode & ~UnixFileMode.StickyBit);
        Assert.Equal(OperatingSystem.IsLinux(), mode.HasFlag(UnixFileMode.StickyBit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_IsRefused(bool leadsSomewhere)
    {
        var target = _folder.PathOf("target");
        if (leadsSomewhere)
            File.WriteAllText(target, "theirs");
        File.CreateSymbolicLink(_folder.Path, target);

        Assert.Equal(
            $"Rotel:PidFile (ROTEL_PID_FILE): '{_folder.Path}' is a link, which is not followed; name the file itself.", _folder.Refusal().Message);
        Assert.Throws<AgentFileException>(() => AgentFile.OpenExisting(_folder.Path));
        Assert.Equal(leadsSomewhere, File.Exists(target));
        if (leadsSomewhere)
            Assert.Equal("theirs", File.ReadAllText(target));
    }

    [Fact]
    public void File_WithASecondName_IsRefused()
    {
        _folder.Open().Dispose();
        AgentFolder.Run("ln", _folder.Path, _folder.PathOf("other"));

        Assert.Contains("' has more than one name, ", _folder.Refusal().Message, StringComparison.Ordinal);

        File.Delete(_folder.PathOf("other"));
        using var file = _folder.Open();
        Assert.True(file.IsLocked);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void File_OpenToOthers_IsRefused(UnixFileMode open)
    {
        _folder.Open().Dispose();
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | open);

        Assert.Contains("' may be read or written by others; remove it, ", _folder.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives files away.");
        _folder.Open().Dispose();
        AgentFolder.Run("chown", Stranger, _folder.Path);

        Assert.Contains(
            $"' belongs to the user {Stranger}, and only what belongs to this one, 0, is believed; ", _folder.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives directories away.");
        var path = _folder.PathOf("theirs/agent.pid");
        AgentFile.Open(path).Dispose();
        AgentFolder.Run("chown", Stranger, _folder.PathOf("theirs"));

        var refusal = Assert.Throws<AgentFileException>(() => AgentFile.Open(path));
        Assert.Contains($"' is in a directory of the user {Stranger}, who could replace it; ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DirectoryLink_IsFollowedWhereItIsNoStrangers()
    {
        Directory.CreateDirectory(_folder.PathOf("real"));
        Directory.CreateSymbolicLink(_folder.PathOf("link"), _folder.PathOf("real"));
        var path = _folder.PathOf("link/agent.pid");
        using (var file = AgentFile.Open(path))
            Assert.True(file.IsLocked);
        Assert.True(File.Exists(_folder.PathOf("real/agent.pid")));

        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives links away.");
        AgentFolder.Run("chown", "-h", Stranger, _folder.PathOf("link"));
        Assert.Throws<AgentFileException>(() => AgentFile.Open(path));
    }

    /// <summary>Opening one without a writer would wait for one.</summary>
    [Fact]
    public async Task Pipe_IsRefusedAtOnce()
    {
        AgentFolder.Run("mkfifo", _folder.Path);

        var refusal = await Task.Run(_folder.Refusal).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains("' is no file; name one", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Device_IsRefused()
    {
        Assert.Contains(
            "'/dev/null' is no file; name one", Assert.Throws<AgentFileException>(() => AgentFile.Open("/dev/null")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/null/agent.pid")]
    [InlineData("/proc/rotel/agent.pid")]
    public void Place_ThatCannotBe_IsRefusedInWords(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Paths of Linux.");

        var refusal = Assert.Throws<AgentFileException>(() => AgentFile.Open(path));
        Assert.StartsWith($"Rotel:PidFile (ROTEL_PID_FILE): '{path}' ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void File_TakenAwayWhileItIsHeld_HasALockThatNobodyNewMeets(bool renamed)
    {
        using var first = _folder.Open();
        first.Write(AgentFolder.Record(processId: 1));
        if (renamed)
            File.Move(_folder.Path, _folder.Path + ".old");
        else
            File.Delete(_folder.Path);

        Assert.True(first.IsLocked);
        Assert.False(first.IsInPlace);
        using var second = _folder.Open();
        Assert.True(second.IsLocked);
        Assert.True(second.IsInPlace);
        Assert.False(first.IsInPlace);
        Assert.Null(second.Read());
        Assert.Equal(1, first.Read()!.ProcessId);
    }

    [Fact]
    public void Child_DoesNotGetTheDescriptor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are looked at in /proc.");
        using var file = _folder.Open();
        Assert.Contains(_folder.Path, Descriptors(Environment.ProcessId));

        using var child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        Assert.DoesNotContain(_folder.Path, Descriptors(child.Id));
        child.StandardInput.Close();
        child.WaitForExit();
    }

    [Fact]
    public void Lock_OfAProcessThatIsKilled_IsFree()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "No flock(1) here.");
        _folder.Open().Dispose();
        using var holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--nonblock", "--close", _folder.Path, "cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        holder.StandardInput.WriteLine("held");
        holder.StandardInput.Flush();
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        using (var file = _folder.Open())
            Assert.False(file.IsLocked);

        holder.Kill();
        holder.WaitForExit();
        using var next = _folder.Open();
        Assert.True(next.IsLocked);
    }

    public void Dispose() => _folder.Dispose();

    private static string[] Descriptors(int processId) =>
        [.. Directory.GetFiles($"/proc/{processId}/fd").Select(name => new FileInfo(name).LinkTarget ?? "")];
}
