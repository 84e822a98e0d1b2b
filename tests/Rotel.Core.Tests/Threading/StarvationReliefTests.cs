using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;

namespace Rotel.Threading;

/// <summary>When the minimum is raised and put back, on a scripted pool and clock; the end-to-end tests block the real pool.</summary>
public sealed class StarvationReliefTests : IDisposable
{
    private static readonly int[] EveryStep = [6, 10, 18, 34, 66];

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedThreadPool _pool = new();
    private readonly BackgroundWorkers _workers = new(1);
    private readonly ScriptedLogger _logger = new();
    private readonly StarvationRelief _relief;
    private bool _holdsItems;

    public StarvationReliefTests() => _relief = CreateRelief();

    public void Dispose()
    {
        _relief.Dispose();
        _workers.Dispose();
    }

    [Fact]
    public void Relief_OfARunningPool_ChangesNothing()
    {
        _relief.Touch();
        Pass(TimeSpan.FromSeconds(30));

        Assert.Equal(61, _pool.Queued);
        Assert.Empty(_pool.Minima);
        Assert.Equal(0, _relief.Found);
    }

    [Fact]
    public void Relief_WhereNoWorkItemWaits_SendsNone()
    {
        _pool.Waiting = 0;
        _relief.Touch();
        Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _pool.Queued);

        _pool.Waiting = 1;
        Pass(StarvationRelief.Interval);
        Assert.Equal(1, _pool.Queued);
    }

    [Fact]
    public void Relief_AMinuteAfterTheLastRequest_SleepsUntilTheNext()
    {
        _relief.Touch();
        Pass(TimeSpan.FromSeconds(65));
        var beats = _pool.Queued;
        Pass(TimeSpan.FromHours(1));
        Assert.Equal(beats, _pool.Queued);

        _relief.Touch();
        Assert.Equal(beats + 1, _pool.Queued);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(beats + 3, _pool.Queued);
    }

    [Fact]
    public void Relief_OfWhatIsHandedOver_EndsWithTheLastItem()
    {
        _holdsItems = true;
        _relief.Touch(lingers: false);
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(21, _pool.Queued);

        _holdsItems = false;
        Pass(TimeSpan.FromHours(1));
        Assert.Equal(21, _pool.Queued);
    }

    [Fact]
    public void Relief_OfARequestBesideAHandOff_GoesOnForAMinute()
    {
        _relief.Touch();
        _relief.Touch(lingers: false);
        Pass(TimeSpan.FromSeconds(59));
        Assert.Equal(119, _pool.Queued);

        Pass(TimeSpan.FromHours(1));
        Assert.InRange(_pool.Queued, 119, 123);
    }

    [Fact]
    public void Relief_WhileItemsAreHeld_GoesOn()
    {
        _holdsItems = true;
        _relief.Touch();
        Pass(TimeSpan.FromMinutes(10));

        Assert.Equal(1201, _pool.Queued);
    }

    [Fact]
    public void Relief_OfASlowPool_ChangesNothingWithinASecond()
    {
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(StarvationRelief.Patience - TimeSpan.FromMilliseconds(1));

        Assert.Empty(_pool.Minima);
    }

    [Fact]
    public async Task Relief_OfABlockedPool_DoublesUpToItsMostAndSaysSoOnce()
    {
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(StarvationRelief.Patience);
        Assert.Equal([6], _pool.Minima);
        Pass(StarvationRelief.Step);
        Assert.Equal([6, 10], _pool.Minima);
        Pass(TimeSpan.FromSeconds(30));

        Assert.Equal(EveryStep, _pool.Minima);
        Assert.Equal(1, _relief.Found);
        Assert.Equal(1, _pool.Queued);
        await _logger.UntilAsync(entries => entries.Count == 2);
        Assert.Equal([EventIds.PoolStarved, EventIds.PoolStillStarved], _logger.Entries.Select(entry => entry.Id.Id));
        Assert.Contains("ROTEL_RELIEVE_STARVED_POOL", _logger.Entries[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relief_OncePoolRunsForSomeTime_PutsTheMinimumBack()
    {
        StarveFor(StarvationRelief.Patience);
        Pass(StarvationRelief.Calm - TimeSpan.FromSeconds(1));
        Assert.Equal(6, _pool.Minimum);
        Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(2, _pool.Minimum);
        await _logger.UntilAsync(entries => entries.Any(entry => entry.Id.Id == EventIds.PoolRelieved));

        StarveFor(StarvationRelief.Patience + StarvationRelief.Interval);
        Assert.Equal(2, _relief.Found);
    }

    [Fact]
    public void Relief_LateHeartbeatsWhileRaised_KeepTheMinimumRaised()
    {
        _holdsItems = true;
        StarveFor(StarvationRelief.Patience);
        for (var i = 0; i < 10; i++)
        {
            Pass(StarvationRelief.Calm / 2);
            _pool.IsBlocked = true;
            Pass(TimeSpan.FromMilliseconds(1250));
            _pool.Free();
        }

        Assert.DoesNotContain(2, _pool.Minima);
    }

    [Fact]
    public void Relief_WhenTheHostChangedTheMinimum_LeavesItSo()
    {
        StarveFor(StarvationRelief.Patience);
        _pool.Minimum = 50;
        Pass(StarvationRelief.Calm * 2);

        Assert.Equal(50, _pool.Minimum);
    }

    [Fact]
    public void Relief_WhenTheHostChangedTheMinimumBetweenSteps_PutsTheHostsBack()
    {
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(StarvationRelief.Patience);
        _pool.Minimum = 7;
        Pass(StarvationRelief.Step);
        Assert.Equal(15, _pool.Minimum);
        _pool.Free();
        Pass(StarvationRelief.Calm * 2);

        Assert.Equal(7, _pool.Minimum);
    }

    [Fact]
    public void Relief_AtTheHostsMaximum_StaysThere()
    {
        _pool.Maximum = 12;
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(TimeSpan.FromSeconds(10));

        Assert.Equal([6, 10, 12], _pool.Minima);
    }

    [Fact]
    public async Task Relief_WhereTheMinimumIsFixed_SaysThatNothingMoves()
    {
        _pool.HasFixedMinimum = true;
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(TimeSpan.FromSeconds(10));

        await _logger.UntilAsync(entries => entries.Count > 0);
        Assert.Equal(EventIds.PoolStillStarved, Assert.Single(_logger.Entries).Id.Id);
    }

    [Fact]
    public void Relief_WhileProcessorsAreBusy_AddsNoThreads()
    {
        _pool.IsBlocked = true;
        _relief.Touch();
        for (var i = 0; i < 40; i++)
        {
            _pool.ProcessorTime += 2 * StarvationRelief.Step;
            Pass(StarvationRelief.Step);
        }

        Assert.Empty(_pool.Minima);
        Pass(2 * StarvationRelief.Step);
        Assert.NotEmpty(_pool.Minima);
    }

    [Fact]
    public void Relief_WhenDisposed_PutsTheMinimumBack()
    {
        StarveFor(StarvationRelief.Patience);
        _relief.Dispose();
        Assert.Equal(2, _pool.Minimum);
        _relief.Touch();
        Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(2, _pool.Minimum);
    }

    [Fact]
    public void Relief_OfTwoInOneProcess_RaisesOnlyOnce()
    {
        using var other = CreateRelief();
        _pool.IsBlocked = true;
        _relief.Touch();
        other.Touch();
        Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(EveryStep, _pool.Minima);
        Assert.Equal(1, _relief.Found + other.Found);
        _pool.Free();
        Pass(StarvationRelief.Calm * 2);
        Assert.Equal(2, _pool.Minimum);
    }

    private StarvationRelief CreateRelief() => new(_pool, _time, _workers, _logger, () => _holdsItems);

    private void StarveFor(TimeSpan duration)
    {
        _pool.IsBlocked = true;
        _relief.Touch();
        Pass(duration);
        Assert.NotEqual(2, _pool.Minimum);
        _pool.Free();
    }

    /// <summary>In steps, as timers set by a timer must see the time they were set at; the rest last.</summary>
    private void Pass(TimeSpan duration)
    {
        for (; duration > StarvationRelief.Step; duration -= StarvationRelief.Step)
            _time.Advance(StarvationRelief.Step);
        _time.Advance(duration);
    }
}
