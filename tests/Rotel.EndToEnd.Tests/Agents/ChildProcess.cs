using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>A program as a process of its own; killed when the test ends, if it still runs.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ChangeSignal _changes = new();
    private readonly List<string> _lines = [];
    private readonly Action<string>? _read;

    /// <param name="assembly">The path of the assembly of one of our programs.</param>
    /// <param name="environment">Its <c>ROTEL_*</c> variables; those of the test's own environment are not handed down.</param>
    /// <param name="arguments">Its command line.</param>
    public ChildProcess(string assembly, IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
        : this(new ProcessStartInfo("dotnet", [assembly, .. arguments]), environment)
    {
    }

    /// <param name="start">Any program; its streams are redirected here.</param>
    /// <param name="environment">As above.</param>
    /// <param name="read">Given each line as it comes, on any thread, one at a time for each stream.</param>
    public ChildProcess(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment, Action<string>? read = null)
    {
        _read = read;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
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

    public int Id => _process.Id;

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
    public Task<string> LineAsync(string beginning, int occurrence = 1) =>
        LineAsync(line => line.StartsWith(beginning, StringComparison.Ordinal), $"'{beginning}…'", occurrence);

    /// <summary>Waits for a line that has this in it.</summary>
    public Task<string> LineWithAsync(string part, int occurrence = 1) =>
        LineAsync(line => line.Contains(part, StringComparison.Ordinal), $"'…{part}…'", occurrence);

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Ends it at once, with nothing that it could do about it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends it a signal, named as <c>kill</c> has it.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end and for its last line; returns its exit code.</summary>
    /// <param name="patience">Longer than <see cref="Watchdog.Deadline"/> where its work is.</param>
    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        var end = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await (patience is { } time
            ? end.WaitAsync(time)
            : Watchdog.WaitAsync(end, "the process to end", TestContext.Current.CancellationToken));
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

    private async Task<string> LineAsync(Func<string, bool> isWanted, string what, int occurrence)
    {
        List<string> found = [];
        await Watchdog.UntilAsync(
            _changes,
            () => (found = [.. Lines.Where(isWanted)]).Count >= occurrence,
            () => $"a line {what} among:\n{string.Join('\n', Lines)}",
            TestContext.Current.CancellationToken);
        return found[occurrence - 1];
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (_lines)
            _lines.Add(line.Data);
        _read?.Invoke(line.Data);
        _changes.Pulse();
    }
}
