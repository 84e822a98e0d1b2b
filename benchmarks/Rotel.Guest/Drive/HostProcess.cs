using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rotel.Guest.Hosts;
using Rotel.Guest.Load;
using Rotel.Throughput.Drive;
using Rotel.Throughput.Load;

namespace Rotel.Guest.Drive;

/// <summary>One host that has started, and what its start took.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly StartTimes _times;
    private readonly long _answered;

    private HostProcess(string variant, ChildProcess process, StartTimes times, long answered)
    {
        Variant = variant;
        Measured = new MeasuredProcess(variant, process);
        _process = process;
        _times = times;
        _answered = answered;
    }

    public string Variant { get; }

    public MeasuredProcess Measured { get; }

    public Uri Endpoint => EndpointOf(_times);

    /// <summary>From the creation of the process to the answer to its first request; all have answered this one.</summary>
    public double StartMilliseconds => Milliseconds(_process.StartTimestamp, _answered);

    /// <summary>From the creation of the process to <c>ApplicationStarted</c>.</summary>
    public double StartedMilliseconds => Milliseconds(_process.StartTimestamp, _times.Started);

    /// <summary>Processor time of the start: holds still where other work on the machine makes it take longer.</summary>
    public double StartCpuMilliseconds => _times.CpuMicroseconds / 1e3;

    public long CompiledMethods => _times.CompiledMethods;

    /// <summary>The start's stages, for a reader who looks for a difference.</summary>
    public string StartStages => $"{Milliseconds(_process.StartTimestamp, _times.Entered):0} until Main, "
        + $"{Milliseconds(_times.Entered, _times.Built):0} to build, {Milliseconds(_times.Built, _times.Started):0} to start, "
        + $"{Milliseconds(_times.Started, _answered):0} to answer";

    /// <param name="metricInterval">The interval at which the SDK collects metrics, or null for its own default, a minute.</param>
    public static async Task<HostProcess> StartAsync(
        string variant, GuestOptions options, Backends backends, TimeSpan? metricInterval, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = options.ServerGc ? "1" : "0" };
        if (metricInterval is { } interval)
            environment["OTEL_METRIC_EXPORT_INTERVAL"] = $"{interval.TotalMilliseconds:0}";
        if (options.Gzip)
            environment["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip";
        var settings = new HostSettings(variant, backends.UrlOf(variant), FreePort(), options.Gzip);
        var process = ChildProcess.Start(
            variant, typeof(HostProcess).Assembly.Location, [HostRole.Name, .. settings.ToArguments()], environment);
        try
        {
            var line = await process.WaitForAnswerAsync(StartTimes.Word, LongestStart, cancellationToken);
            var times = StartTimes.Parse(line);
            using var client = new RequestConnection(EndpointOf(times));
            if (await client.SendAsync(0, cancellationToken) != SendOutcome.Accepted)
                throw new ChildProcessException($"The {variant} process refused its first request.");
            return new HostProcess(variant, process, times, Stopwatch.GetTimestamp());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Uri EndpointOf(StartTimes times) => new($"http://127.0.0.1:{times.Port}");

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
