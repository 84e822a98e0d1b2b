using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Delivery;
using Rotel.DiskLog;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Durability;

/// <summary>An engine whose queues have lanes in a disk queue of a directory.</summary>
internal sealed class DurableEngine : IAsyncDisposable
{
    public DurableEngine(
        TemporaryDirectory directory,
        DiskQueueMode mode = DiskQueueMode.Spill,
        IFileSystem? files = null,
        TimeProvider? time = null,
        Action<DiskQueueOptions>? configure = null)
        : this(directory.Path, mode, files, time, configure)
    {
    }

    public DurableEngine(
        string directory,
        DiskQueueMode mode = DiskQueueMode.Spill,
        IFileSystem? files = null,
        TimeProvider? time = null,
        Action<DiskQueueOptions>? configure = null)
    {
        // One worker: with more, batches that are encoded at the same time may change places.
        Engine = new EngineUnderTest(time, workers: 1);
        var options = new DiskQueueOptions { Mode = mode, Directory = directory };
        configure?.Invoke(options);
        Disk = new DiskQueue(
            options, files ?? DiskFileSystem.Instance, Engine.Pool, Engine.Time, new DiskQueueLog(NullLogger.Instance, Engine.Time));
    }

    public EngineUnderTest Engine { get; }

    public DiskQueue Disk { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Adds an exporter, with room for about two payloads of <see cref="Body"/> where nothing else is said.</summary>
    public ExporterQueue AddQueue(IExporter exporter, string name = "test", ExporterQueueSettings? settings = null)
    {
        settings ??= EngineUnderTest.Settings(maxBytes: 4096, maxItems: 2);
        return Engine.AddQueue(
            exporter, settings with { Exporter = name, KeepsWireForm = true, Lane = Disk.AddLane(Otlp.OtlpSignal.Traces, name) });
    }

    public static byte[] Body(int number, int spans = 2) => TraceBody.Of(spans, prefix: $"{number}.", padding: 600);

    public Task OpenAsync() => Disk.OpenAsync(Token);

    /// <summary>Hands in so many payloads, each of two spans, and sees that all are accepted.</summary>
    public static async Task AcceptAsync(Intake intake, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var result = await Watchdog.WaitAsync(EngineUnderTest.IngestAsync(intake, Body(i)).AsTask(), $"an answer to body {i}", Token);
            Assert.True(result.IsAccepted, result.Message);
        }
    }

    /// <summary>Waits until a condition holds that can change when a queue settles something.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        while (true)
        {
            // Taken before the look, so that what happens in between is not missed.
            var room = Engine.Pool.Budget.QueueRoom.NextRelease();
            if (condition())
                return;
            await Watchdog.WaitAsync(room, what, Token);
        }
    }

    /// <summary>What a collector does when it stops; with a time-out of zero, nothing is delivered any more.</summary>
    public async Task StopAsync(TimeSpan drainTimeout)
    {
        await Disk.StopReplayAsync();
        var deadline = new Deadline(TimeProvider.System, drainTimeout);
        await Task.WhenAll(Engine.Queues.Select(queue => queue.DrainAsync(deadline, Token)));
        await Disk.DisposeAsync();
        Engine.AssertLedgerAddsUp();
    }

    public async ValueTask DisposeAsync()
    {
        await Disk.DisposeAsync();
        Engine.Dispose();
    }

    /// <summary>The names of the spans of bodies so numbered.</summary>
    public static IEnumerable<string> Names(int first, int count) =>
        from body in Enumerable.Range(first, count)
        from span in Enumerable.Range(0, 2)
        select $"{body}.{span}";

    /// <summary>The names of the spans that an exporter has delivered, in order.</summary>
    public static IEnumerable<string> Delivered(ScriptedExporter exporter) => TraceBody.SpanNames(
        exporter.Attempts.Where(attempt => attempt.Outcome?.Kind == ExportOutcomeKind.Delivered).SelectMany(attempt => attempt.Bodies));
}
