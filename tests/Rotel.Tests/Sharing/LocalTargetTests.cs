using Microsoft.Extensions.Time.Testing;
using Rotel.Batching;
using Rotel.Diagnostics;
using Rotel.Hosting;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Sharing;

/// <summary>What a process takes over from its own queue to a holder; with agents in <see cref="SharedAgentTests"/>.</summary>
public sealed class LocalTargetTests
{
    [Fact]
    public async Task Send_WithoutRoomInTheBudget_WaitsWithinItAndIsTriedAgain()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        var pool = new BufferPool(new ByteBudget(64 * 1024));
        using var workers = new BackgroundWorkers(1);
        using var metrics = new RotelMetrics(pool.Budget);
        var factory = new IntakeFactory(pool, time, workers, metrics, relief: null);
        using var target = new LocalTarget(new SharedIntakes(factory, new Pipeline?[OtlpSignals.Count]));
        using var batch = new OtlpBatch(OtlpSignal.Traces);
        Assert.True(pool.TryRent(1024, out var buffer));
        batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, 1000, itemCount: 1));
        Assert.True(pool.Budget.TryReserve(63 * 1024));

        var sent = target.SendAsync(batch, cancellation).AsTask();
        Assert.False(sent.IsCompleted);
        Assert.Equal(pool.Budget.Limit, pool.Budget.Reserved);

        time.Advance(TimeSpan.FromMinutes(1));
        var outcome = await Watchdog.WaitAsync(sent, "an outcome", cancellation);
        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Equal(pool.Budget.Limit, pool.Budget.Reserved);
    }
}
