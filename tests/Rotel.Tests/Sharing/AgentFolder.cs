using System.Diagnostics;
using System.Security.Cryptography;
using Rotel.TestKit.Certificates;

namespace Rotel.Sharing;

/// <summary>A directory with the file of a shared agent, and records to write into it.</summary>
internal sealed class AgentFolder : IDisposable
{
    private readonly TestFiles _files = new();

    public string Directory => _files.Directory;

    public string Path => PathOf("agent.pid");

    public static AgentRecord Record(int processId = 4711, int endpoints = 1) => new(
        processId,
        41234,
        RandomNumberGenerator.GetBytes(AgentRecord.TokenBytes),
        "00112233445566778899aabbccddeeff",
        [.. Enumerable.Range(0, endpoints).Select(number => $"127.0.0.1:{4317 + number}")],
        ["127.0.0.1:4318", "unix:/run/a path with\na break and 100%"]);

    public string PathOf(string name) => _files.PathOf(name);

    public AgentFile Open() => AgentFile.Open(Path);

    public AgentFileException Refusal() => Assert.Throws<AgentFileException>(() => AgentFile.Open(Path).Dispose());

    /// <summary>For what .NET has no call for.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose() => _files.Dispose();
}
