using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Memory;

/// <summary>When it refuses and admits, on scripted memory and clock; the end-to-end tests fill a real heap.</summary>
public sealed class MemoryGuardTests : IDisposable
{
    private const long MiB = ScriptedMemory.MiB;
    private const long Limit = 160 * MiB;
    private const long Floor = Limit / MemoryGuard.FloorShare;

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedMemory _memory = new();
    private readonly BackgroundWorkers _workers = new(1);
    private readonly ScriptedLogger _logger = new();
    private readonly BufferPool _pool = new(new ByteBudget(Limit));
    private readonly MemoryGuard _guard;

    public MemoryGuardTests() => _guard = new MemoryGuard(_pool, _memory, _time, _workers, _logger);

    private ByteBudget Budget => _pool.Budget;

    public void Dispose()
    {
        _guard.Dispose();
        _workers.Dispose();
    }

    [Fact]
    public void Guard_WithMemoryToSpare_AllowsTheWholeBudgetAndRunsNoTimer()
    {
        Assert.True(Budget.TryReserve(Limit));
        Assert.False(Budget.TryReserve(1));
        Assert.Equal(Limit, Budget.Allowed);

        var reads = _memory.Reads;
        Pass(TimeSpan.FromHours(1));
        Assert.Equal(reads, _memory.Reads);
        Assert.Empty(_logger.Entries);
    }

    [Fact]
    public void Guard_LooksOnceForEachStepOfBytes()
    {
        for (var reserved = 0L; reserved < 10 * MemoryGuard.Step; reserved += 64 * 1024)
        {
            Assert.True(Budget.TryReserve(64 * 1024));
            Budget.Release(64 * 1024);
        }

        Assert.InRange(_memory.Reads, 10, 11);
    }

    [Theory]
    [InlineData(899, true)]
    [InlineData(900, false)]
    public void Guard_ATenthBeforeTheLimit_Shuts(long usedMiB, bool admits)
    {
        _memory.HeapMiB = usedMiB;
        Budget.TryReserve(1);
        Assert.Equal(admits, !_guard.IsShut);

        _memory.HeapMiB = 100;
        _memory.ContainerMiB = usedMiB;
        Look();
        Assert.Equal(admits, !_guard.IsShut);
    }

    [Theory]
    [InlineData(96, 72, 60)]
    [InlineData(200, 168, 152)]
    [InlineData(1000, 900, 850)]
    [InlineData(64 * 1024, (64 * 1024) - 512, (64 * 1024) - 768)]
    public void Distance_OfSmallAndLargeLimits_IsATenthWithinBounds(long limitMiB, long refusesAtMiB, long admitsBelowMiB)
    {
        Assert.Equal(0, new MemoryReading(refusesAtMiB * MiB, limitMiB * MiB).RoomToRefuse);
        Assert.Equal(0, new MemoryReading(0, limitMiB * MiB, admitsBelowMiB * MiB, limitMiB * MiB).RoomToAdmit);
    }

    [Fact]
    public async Task Guard_WhileShut_RefusesAboveTheFloorAndLetsDeliveriesGoOn()
    {
        Assert.True(Budget.TryReserve(20 * MiB));
        _memory.HeapMiB = 900;

        // The look comes before the reservation that causes it.
        Assert.False(Budget.TryReserve(Floor + 1));
        Assert.True(Budget.TryReserve(Floor));
        Assert.False(Budget.TryReserve(1));
        Budget.ReserveOverdraft(MiB);
        Assert.Equal((20 * MiB) + Floor + MiB, Budget.Reserved);
        Assert.Equal("memory is short, and telemetry is refused early: the managed heap has 900 of 1000 MiB", _guard.Problem);
        await _logger.UntilAsync(entries => entries.Count > 0);
        var (id, text) = Assert.Single(_logger.Entries);
        Assert.Equal(EventIds.MemoryShort, id.Id);
        Assert.Contains("the managed heap has 900 of 1000 MiB, 20 MiB of it telemetry's", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Guard_WhileShutAndTelemetryLeaves_ComesDownWithIt()
    {
        Budget.ReserveOverdraft(100 * MiB);
        _memory.HeapMiB = 950;
        Assert.True(Budget.TryReserve(1));
        Budget.Release((100 * MiB) + 1);
        Look();

        Assert.Equal(Floor, Budget.Allowed);
    }

    [Fact]
    public void Guard_InAHostThatNeedsTheMemoryForGood_StillLetsAFloorThrough()
    {
        _memory.HeapMiB = 999;
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(Budget.TryReserve(Floor));
            Assert.False(Budget.TryReserve(1));
            Budget.Release(Floor);
            Pass(TimeSpan.FromSeconds(1));
        }

        Assert.True(_guard.IsShut);
    }

    [Fact]
    public async Task Guard_OnceHalfAsMuchMoreIsFree_OpensAndWakesWhoWaits()
    {
        _memory.HeapMiB = 900;
        Assert.False(Budget.TryReserve(Limit));
        var room = Budget.Room.NextRelease();
        _memory.HeapMiB = 851;
        Pass(MemoryGuard.Interval);
        Assert.False(room.IsCompleted);
        Assert.NotNull(_guard.Problem);

        _memory.HeapMiB = 740;
        Pass(MemoryGuard.Interval);
        Assert.True(room.IsCompleted);
        Assert.Null(_guard.Problem);
        Assert.True(Budget.TryReserve(Limit));
        await _logger.UntilAsync(entries => entries.Count == 2);
        Assert.Equal([EventIds.MemoryShort, EventIds.MemoryEnough], _logger.Entries.Select(entry => entry.Id.Id));
    }

    [Fact]
    public void Guard_ThatShutsAndOpensOften_WritesOnceInAWhile()
    {
        for (var i = 0; i < 20; i++)
        {
            _memory.HeapMiB = 900;
            Budget.TryReserve(Limit);
            Look();
            _memory.HeapMiB = 100;
            Look();
        }

        _workers.Dispose();
        Assert.True(_logger.Entries.Count <= 2, string.Join('\n', _logger.Entries));
    }

    [Fact]
    public async Task Guard_BeforeTheLimitIsNear_AllowsNoMoreThanThereIsRoomFor()
    {
        _memory.HeapMiB = 840;
        Assert.False(Budget.TryReserve((60 * MiB) + 1));
        Assert.True(Budget.TryReserve(60 * MiB));
        Assert.False(_guard.IsShut);
        await _logger.UntilAsync(entries => entries.Count > 0);
        Assert.Equal(EventIds.BodyRefusedEarly, Assert.Single(_logger.Entries).Id.Id);
    }

    [Fact]
    public void Guard_WhomItRefused_HearsOfRoomWithoutARelease()
    {
        _memory.HeapMiB = 840;
        Assert.False(Budget.HasRoomFor(100 * MiB) && Budget.TryReserve(100 * MiB));
        var room = Budget.Room.NextRelease();
        Pass(MemoryGuard.Interval);
        Assert.False(room.IsCompleted);

        _memory.HeapMiB = 500;
        Pass(MemoryGuard.Interval);
        Assert.True(room.IsCompleted);
        Assert.True(Budget.TryReserve(100 * MiB));
    }

    [Fact]
    public void Guard_ThatNobodyAsksForSomeTime_RestsAndLooksAtOnceWhenAsked()
    {
        _memory.HeapMiB = 900;
        Assert.False(Budget.TryReserve(Limit));
        Pass(MemoryGuard.LingerShut + (2 * MemoryGuard.Interval));
        var reads = _memory.Reads;
        Pass(TimeSpan.FromHours(1));
        Assert.Equal(reads, _memory.Reads);

        _memory.HeapMiB = 100;
        Assert.True(Budget.TryReserve(Limit));
        Assert.False(_guard.IsShut);
    }

    [Fact]
    public void Guard_BeforeItRests_HasThoseTryAgainWhoWaitWithoutATimeOut()
    {
        _memory.HeapMiB = 900;
        Assert.False(Budget.TryReserve(Limit));
        for (var i = 0; i < 3; i++)
        {
            var room = Budget.Room.NextRelease();
            Pass(MemoryGuard.LingerShut + (2 * MemoryGuard.Interval));
            Assert.True(room.IsCompleted);
            Assert.False(Budget.TryReserve(Limit));
        }
    }

    [Fact]
    public void Guard_WhenItShuts_HasThePoolLetGoAndKeepNothing()
    {
        Lend();
        Assert.True(_pool.KeptBytes > 0);
        _memory.HeapMiB = 900;
        Look();
        Assert.Equal(0, _pool.KeptBytes);
        Lend();
        Assert.Equal(0, _pool.KeptBytes);

        _memory.HeapMiB = 100;
        Look();
        Lend();
        Assert.True(_pool.KeptBytes > 0);
    }

    [Fact]
    public async Task Guard_WhileNobodyCollects_AsksForACollectionNowAndThen()
    {
        _memory.HeapMiB = 900;
        Assert.False(Budget.TryReserve(Limit));
        Pass(MemoryGuard.Interval);
        await CollectedAsync();

        // The one that was asked for.
        _memory.OldestCollections++;
        KeepAsking(MemoryGuard.CollectionInterval - MemoryGuard.Interval);
        _workers.Post(() => Assert.False(_memory.Collected.Task.IsCompleted));
        KeepAsking(MemoryGuard.Interval * 4);
        await CollectedAsync();
    }

    private async Task CollectedAsync()
    {
        await Watchdog.WaitAsync(_memory.Collected.Task, "a collection that is asked for", TestContext.Current.CancellationToken);
        _memory.Forget();
    }

    private void Lend()
    {
        Assert.True(_pool.TryRent(64 * 1024, out var buffer));
        buffer.Dispose();
    }

    private void Look()
    {
        if (Budget.TryReserve(MemoryGuard.Step + 1))
            Budget.Release(MemoryGuard.Step + 1);
    }

    private void KeepAsking(TimeSpan time)
    {
        for (var end = _time.GetUtcNow() + time; _time.GetUtcNow() < end; Pass(MemoryGuard.Interval))
            Assert.False(Budget.TryReserve(Limit));
    }

    /// <summary>In steps, for within one all ticks see its end.</summary>
    private void Pass(TimeSpan time)
    {
        for (var end = _time.GetUtcNow() + time; _time.GetUtcNow() < end;)
            _time.Advance(MemoryGuard.Interval);
    }
}
