using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

public sealed class DeliveryLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLogger _logger = new();

    [Fact]
    public void Dropped_FirstOfItsKind_IsWrittenAtOnce()
    {
        using var log = Create();
        log.Dropped(DropReason.QueueFull, 3, "full");
        log.Dropped(DropReason.RetryExpired, 4, "old");

        Assert.Equal(2, _logger.Entries.Count);
        Assert.Equal(EventIds.ItemsDropped, _logger.Entries[0].Id.Id);
        Assert.Contains("Dropped 3 traces items for exporter 'vendor': queue_full", _logger.Entries[0].Text, StringComparison.Ordinal);
        Assert.Contains("retry_expired", _logger.Entries[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dropped_AgainWithinTheInterval_IsAddedUpAndWrittenWhenItEnds()
    {
        using var log = Create();
        log.Dropped(DropReason.QueueFull, 1, "first");
        _time.Advance(TimeSpan.FromSeconds(9));
        log.Dropped(DropReason.QueueFull, 20, "second");
        log.Dropped(DropReason.QueueFull, 300, "third");
        Assert.Single(_logger.Entries);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _logger.UntilAsync(entries => entries.Count == 2);
        Assert.Contains("Dropped 320 traces items", _logger.Entries[1].Text, StringComparison.Ordinal);
        Assert.Contains("third", _logger.Entries[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_WaitForDifferentTimes_AreWrittenEachAtItsOwn()
    {
        using var log = Create();
        log.Warned("a");
        _time.Advance(TimeSpan.FromSeconds(6));
        log.Retrying("b", TimeSpan.FromSeconds(1));
        log.Retrying("b again", TimeSpan.FromSeconds(2));
        log.Warned("a again");

        _time.Advance(TimeSpan.FromSeconds(4));
        await _logger.UntilAsync(entries => entries.Count == 3);
        Assert.Contains("a again", _logger.Entries[2].Text, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(6));
        await _logger.UntilAsync(entries => entries.Count == 4);
        Assert.Contains("b again", _logger.Entries[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_SomethingWaits_IsWrittenAndLaterEventsAtOnce()
    {
        var log = Create();
        log.ExporterFailed(new InvalidDataException());
        log.ExporterFailed(new InvalidDataException());
        log.Dropped(DropReason.Shutdown, 1, null);
        log.Dropped(DropReason.Shutdown, 2, null);
        log.Dispose();
        log.Dropped(DropReason.Shutdown, 4, null);

        var dropped = _logger.Entries.Where(entry => entry.Id.Id == EventIds.ItemsDropped).Select(entry => entry.Text[.."Dropped 1".Length]);
        Assert.Equal(["Dropped 1", "Dropped 2", "Dropped 4"], dropped);
        Assert.Equal(2, _logger.Entries.Count(entry => entry.Id.Id == EventIds.ExporterFailed));
    }

    private DeliveryLog Create() => new(_logger, "vendor", OtlpSignal.Traces, _time);
}
