using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Rotel.TestKit;

namespace Rotel.Agent.Tests;

/// <summary>The command as a process of its own; killed when the test ends, if it still runs.</summary>
internal sealed partial class RotelProcess : IDisposable
{
    public const int Sigint = 2;
    public const int Sigterm = 15;

    private readonly Process _process;

    public RotelProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(RotelCommand).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ROTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        _process = Process.Start(start)!;
    }

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Error => _process.StandardError;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The port in the readiness line, of OTLP over HTTP.</summary>
    public async Task<int> ReadyAsync()
    {
        var line = await Watchdog.WaitAsync(Output.ReadLineAsync(Cancellation).AsTask(), "readiness line", Cancellation);
        Assert.StartsWith("rotel is ready: ", line, StringComparison.Ordinal);
        return int.Parse(line.AsSpan(line!.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a signal and returns the exit code.</summary>
    public async Task<int> EndAsync(int signal)
    {
        Assert.Equal(0, Kill(_process.Id, signal));
        await Watchdog.WaitAsync(_process.WaitForExitAsync(Cancellation), "exit of rotel", Cancellation);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
