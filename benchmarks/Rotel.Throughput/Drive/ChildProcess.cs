using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Rotel.Throughput.Drive;

/// <summary>
/// One process that the driver has started, and the side channel to it: a command on its standard input, the answer as a line on its
/// standard output.
/// Disposing it ends the process. Should the driver itself be killed, the child's standard input ends, and the child with it.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int RememberedLines = 40;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private static readonly string DotnetPath = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _lastLines = new();

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        process.OutputDataReceived += (_, received) => Take(received.Data, isOutput: true);
        process.ErrorDataReceived += (_, received) => Take(received.Data, isOutput: false);
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>The <see cref="Stopwatch"/> timestamp just before the process was created; the clock is the machine's, so a child reads the
    /// same one.</summary>
    public long StartTimestamp { get; private init; }

    public static string OwnAssemblyPath { get; } = typeof(ChildProcess).Assembly.Location;

    /// <summary>Starts one of this program's other roles.</summary>
    public static ChildProcess StartRole(string role, IEnumerable<string> arguments) =>
        Start(role, OwnAssemblyPath, [role, .. arguments], new Dictionary<string, string>());

    /// <param name="environment">Replaces the inherited variables of the same name; inherited <c>ROTEL_</c> and <c>OTEL_</c> variables are
    /// left out.</param>
    public static ChildProcess Start(
        string name, string assemblyPath, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(DotnetPath, [assemblyPath, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in start.Environment.Keys.Where(IsSetting).ToArray())
            start.Environment.Remove(variable);
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(name, process) { StartTimestamp = Stopwatch.GetTimestamp() };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Sends the command and returns the next output line that starts with the word.</summary>
    public async Task<string> AskAsync(string command, string answerWord, TimeSpan longest, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await WaitForAnswerAsync(answerWord, longest, cancellationToken);
    }

    public Task<string> AskAsync(string command, CancellationToken cancellationToken) =>
        AskAsync(command, command, AnswerTimeout, cancellationToken);

    /// <summary>Returns the next output line that starts with the word.</summary>
    public Task<string> WaitForAnswerAsync(string answerWord, TimeSpan longest, CancellationToken cancellationToken) =>
        WaitForLineAsync(line => line.StartsWith(answerWord + " ", StringComparison.Ordinal), longest, cancellationToken);

    /// <summary>Waits for the line by which the child says that it can be used, <c>… is ready…</c>.</summary>
    public Task<string> WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        WaitForLineAsync(line => line.Contains(" is ready", StringComparison.Ordinal), AnswerTimeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("ROTEL_", StringComparison.Ordinal) || variable.StartsWith("OTEL_", StringComparison.Ordinal);

    private async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(longest);
        try
        {
            await foreach (var line in _output.Reader.ReadAllAsync(timeout.Token))
            {
                if (wanted(line))
                    return line;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChildProcessException($"The {Name} process did not answer within {longest.TotalSeconds:0} s.{LastLines()}");
        }

        throw new ChildProcessException($"The {Name} process has ended.{LastLines()}");
    }

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
                _output.Writer.TryComplete();
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > RememberedLines)
                _lastLines.Dequeue();
        }

        if (isOutput)
            _output.Writer.TryWrite(line);
    }

    private string LastLines()
    {
        lock (_lastLines)
            return _lastLines.Count == 0 ? "" : $" Its last lines:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", _lastLines)}";
    }
}
