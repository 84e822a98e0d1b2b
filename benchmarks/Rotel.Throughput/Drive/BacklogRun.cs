using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Rotel.Throughput.Children;
using Rotel.Throughput.Load;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Drive;

/// <summary>
/// One backlog in one folder. The backend is in the driver's own process and is looked at every millisecond; agent and load are processes
/// of their own.
/// </summary>
/// <param name="folder">Where the backlog is; the caller's.</param>
/// <param name="bytes">How much of it.</param>
/// <param name="mode">The disk queue's, when the backlog is delivered; it is always written in mode always.</param>
internal sealed class BacklogRun(string agentPath, RunFolder folder, long bytes, string mode) : IAsyncDisposable
{
    /// <summary>Nobody listens there.</summary>
    private const string DeadBackend = "http://127.0.0.1:1";

    private static readonly TimeSpan FillRound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FillTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);

    /// <summary>After so long without a delivery the backlog is through: its size does not say so, for kills make duplicates.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FreshInterval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client = new();
    private CountingBackend? _backend;
    private long _filled;
    private long _warmUpItems;

    public FreshSpans Fresh { get; } = new();

    /// <summary>Spans of the backlog that have arrived, in all starts together.</summary>
    public long Delivered => _backend is null ? 0 : _backend.Report.Items - _warmUpItems - Fresh.Arrived;

    /// <summary>
    /// Loads an agent without a backend until it has the bytes on disk, and kills it, which is harder on the next start than stopping it.
    /// </summary>
    /// <returns>The spans that it has accepted.</returns>
    public async Task<long> FillAsync(CancellationToken cancellationToken)
    {
        await using var agent = Start("always", DeadBackend);
        var listener = ListenerAddresses.Find(await agent.WaitUntilReadyAsync(cancellationToken), Transport.Http);
        await using var load = ChildProcess.StartRole("load", ["--endpoint", listener]);
        await load.WaitUntilReadyAsync(cancellationToken);

        var command = string.Create(CultureInfo.InvariantCulture, $"{LoadRole.Command} {FillRound.TotalMilliseconds:0} 0");
        while (folder.Bytes() < bytes)
        {
            var report = LoadReport.Parse(await load.AskAsync(command, LoadReport.Word, FillTimeout, cancellationToken));
            if (report.AcceptedItems == 0)
                throw new ChildProcessException($"The agent takes no more, with {folder.Bytes() >> 20} MiB on disk.");
            _filled += report.AcceptedItems;
        }

        return _filled;
    }

    /// <summary>Starts an agent with the backlog and a living backend, and waits for the first delivery.</summary>
    public async Task<BacklogStart> StartAsync(CancellationToken cancellationToken)
    {
        var backend = _backend ??= await StartBackendAsync(cancellationToken);
        var delivered = Delivered;
        var agent = Start(mode, backend.HttpEndpoint);
        try
        {
            var readiness = ReadyAsync(agent, cancellationToken);
            while (Delivered == delivered)
            {
                if (Stopwatch.GetElapsedTime(agent.StartTimestamp) > FillTimeout)
                    throw new ChildProcessException("The agent has delivered nothing of its backlog.");
                await Task.Delay(PollInterval, cancellationToken);
            }

            var first = Stopwatch.GetElapsedTime(agent.StartTimestamp);
            var (listener, ready) = await readiness;
            return new BacklogStart(agent, listener, ready, first);
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends fresh spans until nothing more of the backlog arrives.</summary>
    public async Task<BacklogReplay> ReplayAsync(BacklogStart started, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var (before, beforeBytes) = (Delivered, _backend!.Report.WireBytes);
        var last = (Delivered: before, Bytes: beforeBytes, At: from);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendFreshAsync(started.Listener, ending.Token);
        while (Stopwatch.GetElapsedTime(last.At) < Standstill)
        {
            await Task.Delay(PollInterval, cancellationToken);
            var delivered = Delivered;
            if (delivered > last.Delivered)
                last = (delivered, _backend.Report.WireBytes, Stopwatch.GetTimestamp());
        }

        await ending.CancelAsync();
        var (sent, refused) = await sending;
        var waited = Stopwatch.GetTimestamp();
        while (Fresh.Arrived < sent - refused && Stopwatch.GetElapsedTime(waited) < Standstill)
            await Task.Delay(PollInterval, cancellationToken);

        var counters = ProcessCounters.Parse(await started.Agent.AskAsync(ProcessCounters.Command, cancellationToken));
        return new BacklogReplay(
            last.Delivered - before,
            last.Bytes - beforeBytes,
            Stopwatch.GetElapsedTime(from, last.At),
            (double)counters.CpuMicroseconds / (last.Delivered - before),
            counters.PeakResidentBytes,
            sent,
            refused,
            Fresh.DelaysUntil(last.At));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_backend is not null)
            await _backend.DisposeAsync();
    }

    private static async Task<(string Listener, TimeSpan Ready)> ReadyAsync(ChildProcess agent, CancellationToken cancellationToken)
    {
        var line = await agent.WaitUntilReadyAsync(cancellationToken);
        return (ListenerAddresses.Find(line, Transport.Http), Stopwatch.GetElapsedTime(agent.StartTimestamp));
    }

    private ChildProcess Start(string diskQueue, string backend)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = ChildProcess.OwnAssemblyPath,
            ["DOTNET_gcServer"] = "0",
            ["ROTEL_OTLP_GRPC_ENDPOINT"] = "127.0.0.1:0",
            ["ROTEL_OTLP_HTTP_ENDPOINT"] = "127.0.0.1:0",
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend,
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_OTLP_EXPORTER_COMPRESSION"] = "none",
            ["ROTEL_DISK_QUEUE_MAX_BYTES"] = string.Create(CultureInfo.InvariantCulture, $"{2 * bytes + (256L << 20)}"),
        };
        CollectorProcess.KeepOnDisk(environment, diskQueue, folder.Path);
        return ChildProcess.Start(DriveOptions.Rotel, agentPath, ["start"], environment);
    }

    // A first request would otherwise wait for the compiler in the backend, and be charged to the agent.
    private async Task<CountingBackend> StartBackendAsync(CancellationToken cancellationToken)
    {
        const int Requests = 100;
        var backend = new CountingBackend(tls: null, Fresh);
        await backend.StartAsync();
        var body = new TestKit.Telemetry.StandardLoad().Encode(Otlp.OtlpSignal.Traces);
        for (var i = 0; i < Requests; i++)
            await PostAsync(backend.HttpEndpoint, body, cancellationToken);
        _warmUpItems = backend.Report.Items;
        return backend;
    }

    private async Task<(int Sent, int Refused)> SendFreshAsync(string listener, CancellationToken cancellationToken)
    {
        var (sent, refused) = (0, 0);
        using var timer = new PeriodicTimer(FreshInterval);
        while (!cancellationToken.IsCancellationRequested)
        {
            sent++;
            if (!await PostAsync(listener, Fresh.Next(), CancellationToken.None))
                refused++;
            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return (sent, refused);
    }

    private async Task<bool> PostAsync(string endpoint, byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(OtlpRoutes.MediaType(BodyEncoding.Protobuf));
        var url = new Uri(new Uri(endpoint), OtlpRoutes.HttpPath(Otlp.OtlpSignal.Traces));
        using var response = await _client.PostAsync(url, content, cancellationToken);
        return response.IsSuccessStatusCode;
    }
}
