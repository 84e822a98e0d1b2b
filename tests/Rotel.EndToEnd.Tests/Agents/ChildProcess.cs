using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>One of our programs as a process of its own; killed when the test ends, if it still runs.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ChangeSignal _changes = new();
    private readonly List<string> _lines = [];

    /// <param name="assembly">The path of the program's assembly.</param>
    /// <param name="environment">Its <c>ROTEL_*</c> variables; those of the test's own environment are not handed down.</param>
    /// <param name="arguments">Its command line.</param>
    public ChildProcess(string assembly, IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ROTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything written so far, on output and error.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Bytes of its memory that are in RAM.</summary>
    public long ResidentBytes
    {
        get
        {
            var status = File.ReadAllText($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/status");
            return long.Parse(ResidentSize().Match(status).Groups[1].Value, CultureInfo.InvariantCulture) * 1024;
        }
    }

    public void Write(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>Waits for a line that begins so.</summary>
    public async Task<string> LineAsync(string beginning, int occurrence = 1)
    {
        List<string> found = [];
        await Watchdog.UntilAsync(
            _changes,
            () => (found = [.. Lines.Where(line => line.StartsWith(beginning, StringComparison.Ordinal))]).Count >= occurrence,
            () => $"a line '{beginning}…' among:\n{string.Join('\n', Lines)}",
            TestContext.Current.CancellationToken);
        return found[occurrence - 1];
    }

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end and for its last line; returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await Watchdog.WaitAsync(
            _process.WaitForExitAsync(TestContext.Current.CancellationToken), "the process to end", TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"VmRSS:\s+(\d+) kB")]
    private static partial Regex ResidentSize();

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (_lines)
            _lines.Add(line.Data);
        _changes.Pulse();
    }
}
