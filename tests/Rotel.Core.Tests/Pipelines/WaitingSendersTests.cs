using System.Diagnostics;
using Rotel.Engine;
using Rotel.TestKit;

namespace Rotel.Pipelines;

/// <summary>Many senders that wait for room in one queue at once.</summary>
public sealed class WaitingSendersTests
{
    private const int Room = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(250)]
    [InlineData(500)]
    public async Task Ingest_SendersWaitForAQueueManyTimesTooSmall_AllGetInAndEverythingArrives(int senders)
    {
        using var engine = new EngineUnderTest();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: Room * 1024, maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake(admissionTimeout: TimeSpan.FromMinutes(10));

        // Each call returns when its sender is in or waits.
        var answers = Enumerable.Range(0, senders)
            .Select(sender => EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, $"sender {sender} ")).AsTask())
            .ToList();
        Assert.Equal(Room, answers.Count(answer => answer.IsCompleted));

        var (used, run) = (Environment.CpuUsage.TotalTime, ThreadPool.CompletedWorkItemCount);
        var start = Stopwatch.GetTimestamp();
        gate.SetResult();
        var results = await Watchdog.WaitAsync(Task.WhenAll(answers), "an answer to every sender", Token);
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{senders} senders: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, processors "
            + $"{(Environment.CpuUsage.TotalTime - used).TotalMilliseconds:0} ms, {ThreadPool.CompletedWorkItemCount - run} work items");

        Assert.All(results, result => Assert.True(result.IsAccepted));
        Assert.Equal(
            Enumerable.Range(0, senders).Select(sender => $"sender {sender} 0").Order(StringComparer.Ordinal),
            TraceBody.SpanNames(exporter.Attempts.SelectMany(attempt => attempt.Bodies)).Order(StringComparer.Ordinal));
        Assert.Equal(senders, queue.Ledger.Delivered);
        engine.AssertLedgerAddsUp();
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }
}
