using System.Diagnostics;
using Rotel.Guest.Hosts;
using Rotel.Throughput.Children;
using Rotel.Throughput.Drive;

namespace Rotel.Guest.Drive;

/// <summary>One host that has started, and what its start took.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly StartTimes _times;

    private HostProcess(string variant, ChildProcess process, StartTimes times)
    {
        Variant = variant;
        _process = process;
        _times = times;
    }

    public string Variant { get; }

    public int Id => _process.Id;

    public Uri Endpoint => new($"http://127.0.0.1:{_times.Port}");

    /// <summary>From the creation of the process to <c>ApplicationStarted</c>.</summary>
    public double StartMilliseconds => Milliseconds(_process.StartTimestamp, _times.Started);

    /// <summary>Processor time of the start: holds still where other work on the machine makes it take longer.</summary>
    public double StartCpuMilliseconds => _times.CpuMicroseconds / 1e3;

    /// <summary>The start's stages, for a reader who looks for a difference.</summary>
    public string StartStages => $"{Milliseconds(_process.StartTimestamp, _times.Entered):0} until Main, "
        + $"{Milliseconds(_times.Entered, _times.Built):0} to build, {Milliseconds(_times.Built, _times.Started):0} to start";

    /// <param name="metricInterval">The interval at which the SDK collects metrics, or null for its own default, a minute.</param>
    public static async Task<HostProcess> StartAsync(
        string variant, GuestOptions options, Backends backends, TimeSpan? metricInterval, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = options.ServerGc ? "1" : "0" };
        if (metricInterval is { } interval)
            environment["OTEL_METRIC_EXPORT_INTERVAL"] = $"{interval.TotalMilliseconds:0}";
        List<string> arguments = [HostRole.Name, "--variant", variant, "--backend", backends.UrlOf(variant)];
        if (options.Gzip)
        {
            arguments.Add("--gzip");
            environment["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip";
        }

        var process = ChildProcess.Start(variant, typeof(HostProcess).Assembly.Location, arguments, environment);
        try
        {
            var line = await process.WaitForAnswerAsync(StartTimes.Word, LongestStart, cancellationToken);
            return new HostProcess(variant, process, StartTimes.Parse(line));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task<ProcessCounters> ReadCountersAsync(CancellationToken cancellationToken) =>
        ProcessCounters.Parse(await _process.AskAsync(ProcessCounters.Command, cancellationToken));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
