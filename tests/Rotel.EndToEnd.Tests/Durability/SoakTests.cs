using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Rotel.Delivery;
using Rotel.Durability;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>
/// One Rotel after another on one directory, under random load of all signals, to two destinations that misbehave at random, with a disk
/// queue that is too small for all: every item that was accepted is delivered, or dropped for a reason that is counted, and in the end no
/// memory and no handle is left. <c>ROTEL_TEST_SOAK=600</c> makes it ten minutes; it waits for no time, so that others may run beside it.
/// </summary>
public sealed class SoakTests
{
    private const long DiskLimit = 16L << 20;
    private const long AllowedGrowth = 16L << 20;
    private const int AllowedHandles = 20;
    private const int WarmUp = 3;

    private static readonly OtlpSignal[] Signals = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    private readonly Dictionary<(string Exporter, OtlpSignal Signal), Totals> _totals = [];
    private readonly long[] _accepted = new long[OtlpSignals.Count];
    private readonly Random _random = new(FreshSeed.Value);
    private readonly StandardLoad _load = new(1);
    private OtlpBackend? _first;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Rotel_UnderRandomLoadAndFaultsAndRestarts_AccountsForEverythingAndStaysTheSame()
    {
        var directory = Directory.CreateTempSubdirectory("rotel-soak-");
        try
        {
            await SoakAsync(directory);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task SoakAsync(DirectoryInfo directory)
    {
        await using var first = await OtlpBackend.StartAsync(Token);
        await using var second = await OtlpBackend.StartAsync(Token);
        _first = first;
        OtlpBackend[] backends = [first, second];
        foreach (var backend in backends)
            backend.KeepsRequests = backend.KeepsItems = false;
        var start = Stopwatch.GetTimestamp();
        var (runs, memory, handles) = (0, 0L, 0);
        for (; runs <= 2 * WarmUp || Stopwatch.GetElapsedTime(start) < RunLength.Soak; runs++)
        {
            await RunAsync(directory, backends, isLast: false);

            // What is made once is there by now.
            if (runs == WarmUp)
                (memory, handles) = (ManagedBytes(), Handles());
        }

        foreach (var backend in backends)
            backend.Script.Otherwise(BackendBehaviour.Accept);
        await RunAsync(directory, backends, isLast: true);
        var (memoryLeft, handlesLeft) = (ManagedBytes(), Handles());

        var outcome = string.Create(CultureInfo.InvariantCulture, $"{FreshSeed.Variable}={FreshSeed.Value}: {runs} runs; "
            + $"managed memory {memory >> 10} KiB, in the end {memoryLeft >> 10} KiB; handles {handles}, in the end {handlesLeft}; ")
            + $"accepted {string.Join(", ", Signals.Select(signal => $"{_accepted[(int)signal]} {signal.Name()}"))}; "
            + string.Join("; ", _totals.Select(total => $"{total.Key.Exporter} {total.Key.Signal.Name()}: {total.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine(outcome);
        foreach (var ((exporter, signal), totals) in _totals)
        {
            var backend = backends.Single(backend => NameOf(backend) == exporter);
            var settled = totals.Delivered + totals.Dropped.Values.Sum();
            Assert.True(_accepted[(int)signal] == settled, $"{exporter} settled {settled} {signal.Name()}. {outcome}");
            Assert.True(backend.ItemCount(signal) == totals.Delivered, $"{exporter} has {backend.ItemCount(signal)} {signal}. {outcome}");
        }

        Assert.True(memoryLeft - memory < AllowedGrowth, outcome);
        Assert.True(handlesLeft - handles < AllowedHandles, outcome);
    }

    /// <summary>One Rotel from its start to its stop.</summary>
    private async Task RunAsync(DirectoryInfo directory, OtlpBackend[] backends, bool isLast)
    {
        var mode = _random.Next(2) == 0 ? DiskQueueMode.Spill : DiskQueueMode.Always;
        var isHasty = !isLast && _random.Next(2) == 0;
        var agent = await TestAgent.StartAsync(options =>
        {
            options.MemoryLimit = 8 << 20;
            options.DrainTimeout = isHasty ? TimeSpan.FromMilliseconds(_random.Next(300)) : Watchdog.Deadline;
            options.DiskQueue.Mode = mode;
            options.DiskQueue.Directory = directory.FullName;
            options.DiskQueue.MaxBytes = DiskLimit;
            options.Otlp.Acknowledgement = _random.Next(2) == 0 ? AcknowledgementMode.Durable : AcknowledgementMode.Accepted;
            options.SendTo(backends[0], OtlpProtocol.Http, "first", exporter =>
            {
                exporter.RequestTimeout = Watchdog.Deadline;
                exporter.Batch.MaxItems = _random.Next(50, 2000);
            });
            options.SendTo(backends[1], OtlpProtocol.Grpc, "second", exporter =>
            {
                exporter.RequestTimeout = Watchdog.Deadline;
                exporter.Compression = OtlpCompression.None;
            });
            options.Traces.ExportTo("first", "second");
            options.Metrics.ExportTo("first", "second");
            options.Logs.ExportTo("first", "second");
        });
        await using (agent)
        {
            if (isLast)
            {
                await Watchdog.WaitAsync(agent.FlushQueuesAsync(Token), "the flush of all", Token);
            }
            else
            {
                using var client = new SignalClient(agent.HttpUri(), agent.GrpcUri());
                for (var i = _random.Next(50, 400); i > 0; i--)
                {
                    if (_random.Next(20) == 0)
                        Misbehave(backends[0], mayReset: true);
                    if (_random.Next(20) == 0)
                        Misbehave(backends[1], mayReset: false);
                    var signal = Signals[_random.Next(Signals.Length)];
                    var items = _random.Next(1, 200);
                    if (await client.TrySendAsync(_load.Next(signal, items), isGrpc: _random.Next(2) == 0))
                        _accepted[(int)signal] += items;
                }
            }

            foreach (var backend in backends)
                await SettleAsync(backend, isHasty, agent);
            await agent.StopAsync(Token);
            foreach (var queue in agent.Collector!.Queues)
                Count(queue);
        }
    }

    /// <param name="backend">What it does to the requests to come.</param>
    /// <param name="mayReset">Over HTTP/2 that would break requests, too, that were kept and are about to be answered.</param>
    private void Misbehave(OtlpBackend backend, bool mayReset)
    {
        backend.Script.Otherwise(_random.Next(3) == 0 ? BackendBehaviour.Status(503) : BackendBehaviour.Accept);
        for (var i = _random.Next(10); i > 0; i--)
        {
            backend.Script.Then(_random.Next(mayReset ? 6 : 4) switch
            {
                0 => BackendBehaviour.Status(429, "0"),
                1 => BackendBehaviour.Refuse(StatusCode.Unavailable),
                2 => BackendBehaviour.Refuse(StatusCode.InvalidArgument),
                3 => BackendBehaviour.PartialSuccess(1, "one is wrong"),
                4 => BackendBehaviour.Reset,
                _ => BackendBehaviour.ResetMidResponse,
            });
        }
    }

    /// <summary>
    /// Before a stop that may end attempts, nothing must be under way that the backend keeps: it would rightly arrive twice. Else the
    /// backend is well.
    /// </summary>
    private async Task SettleAsync(OtlpBackend backend, bool isHasty, RotelAgent agent)
    {
        backend.Script.Otherwise(isHasty ? BackendBehaviour.Status(503) : BackendBehaviour.Accept).Clear();
        if (!isHasty)
            return;
        using var patience = new CancellationTokenSource(Watchdog.Deadline);
        var queues = agent.Collector!.Queues.Where(queue => queue.Exporter == NameOf(backend)).ToArray();
        while (queues.Any(queue => Delivered(queue) != backend.ItemCount(queue.Signal)))
        {
            Assert.False(patience.IsCancellationRequested, "an answer was lost");
            await Task.Delay(1, Token);
        }
    }

    private long Delivered(ExporterQueue queue) =>
        queue.Ledger.Delivered + (_totals.GetValueOrDefault((queue.Exporter, queue.Signal))?.Delivered ?? 0);

    /// <summary>Adds what one run did; at its end, what it accepted is delivered, dropped or on disk.</summary>
    private void Count(ExporterQueue queue)
    {
        var key = (queue.Exporter, queue.Signal);
        var totals = _totals.GetValueOrDefault(key) ?? (_totals[key] = new Totals());
        var ledger = queue.Ledger;
        Assert.Equal(ledger.Accepted, ledger.Delivered + ledger.TotalDropped + ledger.Kept + queue.Lane!.ItemsOnDisk);
        totals.Delivered += ledger.Delivered;
        foreach (var reason in Enum.GetValues<DropReason>().Where(reason => ledger.Dropped(reason) > 0))
            totals.Dropped[reason] = totals.Dropped.GetValueOrDefault(reason) + ledger.Dropped(reason);
    }

    private string NameOf(OtlpBackend backend) => backend == _first ? "first" : "second";

    private static long ManagedBytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Handles()
    {
        using var process = Process.GetCurrentProcess();
        return process.HandleCount;
    }

    private sealed class Totals
    {
        public long Delivered { get; set; }

        public Dictionary<DropReason, long> Dropped { get; } = [];

        public override string ToString() => $"delivered {Delivered}"
            + string.Concat(Dropped.Select(dropped => $", {dropped.Key.Name()} {dropped.Value}"));
    }
}
