using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rotel.Datadog.TestKit;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>What becomes of batches on a real queue when intakes misbehave.</summary>
public sealed class DatadogDeliveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliver_AllIsWell_SendsEachRequestOnce()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(Texts(35));

        Assert.Equal([5, 10, 10, 10], server.Kept.Select(request => request.Items).Order());
        AssertKeptOnce(server, 35);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
        Assert.Equal(0, bench.Queue.Ledger.FailedAttempts);
    }

    [Fact]
    public async Task Deliver_WhatCanBeRepeatedFails_LosesAndDoublesNothing()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        var script = new Queue<DatadogReply>(
        [
            new(429) { RetryAfter = "0" }, new(429), new(503), new(500, "<html>"), new(408), DatadogReply.Reset, new(502), new(504), new(599),
        ]);
        server.Script = _ => script.TryDequeue(out var reply) ? reply : null;
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(Texts(35));

        Assert.Empty(script);
        AssertKeptOnce(server, 35);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Deliver_OneRequestIsRefused_DropsThatOneAndSaysWhatTheIntakeSaid()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = request => Text(request).Contains("r15.", StringComparison.Ordinal) ? new(400, "no \u0001such\nfield") : null;
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(Texts(35));

        Assert.Equal(25, bench.Queue.Ledger.Delivered);
        Assert.Equal(10, bench.Queue.Ledger.Dropped(DropReason.PartiallyRejected));
        Assert.Equal(25, server.Logs.Count);
        Assert.Contains(bench.Log, line => line.Contains("HTTP 400", StringComparison.Ordinal) && line.Contains("field", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_EverythingIsRefused_IsDroppedAsRejected()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => new(400);
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(Texts(35));

        Assert.Equal(35, bench.Queue.Ledger.Dropped(DropReason.DestinationRejected));
    }

    [Fact]
    public async Task Deliver_MoreRecordsThanTheIntakeTakes_IsCutUntilItDoes()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server, perRequest: 2500);

        await bench.DeliverAsync(Texts(2500));

        AssertKeptOnce(server, 2500);
        Assert.All(server.Kept, request => Assert.InRange(request.Items, 1, 1000));
        Assert.Equal(2500, bench.Queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Deliver_MoreBytesOfTracesThanTheIntakeTakes_IsCutUntilItDoes()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server, perRequest: 900, signal: OtlpSignal.Traces);
        var names = Enumerable.Range(0, 900).Select(i => $"{i}.{new string('n', 12_000)}").ToArray();

        await bench.DeliverAsync(names);

        Assert.Equal(names.Order(StringComparer.Ordinal), server.Spans.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.Equal(900, bench.Queue.Ledger.Delivered);
        Assert.Contains(server.Requests, request => request.Body.Length > DatadogLimits.Of(request.Path).Uncompressed);
    }

    [Fact]
    public async Task Deliver_ARecordIsTooLargeAlone_LosesOnlyThatOne()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync([.. Texts(9), new string('x', 6_000_000)]);

        AssertKeptOnce(server, 9);
        Assert.Equal(9, bench.Queue.Ledger.Delivered);
        Assert.Equal(1, bench.Queue.Ledger.TotalDropped);
    }

    [Fact]
    public async Task Deliver_AllRecordsAreTooLarge_AreDroppedAsTooLarge()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(new string('x', 6_000_000), "oversized");

        Assert.Equal(2, bench.Queue.Ledger.Dropped(DropReason.ItemTooLarge));
    }

    [Fact]
    public async Task Deliver_OneRequestHangs_OnlyThatIsSentAgain()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        var hangs = true;
        server.Script = request =>
        {
            if (!hangs || !Text(request).Contains("r15.", StringComparison.Ordinal))
                return null;
            hangs = false;
            return DatadogReply.Never;
        };
        await using var bench = new DatadogBench(server, requestTimeout: TimeSpan.FromSeconds(2));

        await bench.DeliverAsync(Texts(35));

        AssertKeptOnce(server, 35);
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
        Assert.Equal(1, bench.Queue.Ledger.FailedAttempts);
    }

    /// <summary>Nobody can know whether it arrived, and Datadog has no token to know it by again: rather twice than not at all.</summary>
    [Fact]
    public async Task Deliver_AnswerIsLost_IsSentAgain()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        var isFirst = true;
        server.Script = _ => isFirst && !(isFirst = false) ? DatadogReply.KeepThenReset : null;
        await using var bench = new DatadogBench(server, perRequest: 50);

        await bench.DeliverAsync(Texts(35));

        Assert.Equal(70, server.Logs.Count);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Deliver_AnswerBreaksOffAfterItsStatus_IsNotSentAgain()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => DatadogReply.AcceptThenReset;
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync(Texts(35));

        AssertKeptOnce(server, 35);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Deliver_RetriesEnd_LosesOnlyWhatIsStillPending()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = request => Text(request).Contains("r35.", StringComparison.Ordinal) ? new(503, "busy") : null;
        await using var bench = new DatadogBench(server, maxElapsed: TimeSpan.FromMilliseconds(300));

        await bench.DeliverAsync(Texts(40));

        Assert.Equal(30, bench.Queue.Ledger.Delivered);
        Assert.Equal(10, bench.Queue.Ledger.Dropped(DropReason.RetryExpired));
        AssertKeptOnce(server, 30);
    }

    [Fact]
    public async Task Deliver_ItemsThatAreInNoRequest_AreDone()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server);

        await bench.DeliverAsync("absorb", "absorb", "one", "reject", "two");
        await bench.DeliverAsync("absorb");

        Assert.Equal(5, bench.Queue.Ledger.Delivered);
        Assert.Equal(1, bench.Queue.Ledger.Dropped(DropReason.PartiallyRejected));
        Assert.Equal(2, server.Logs.Count);
        Assert.Contains(bench.Log, line => line.Contains("the test wants it so", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_KeyIsRefused_WaitsAndDeliversOnceItIsTaken()
    {
        var time = new ObservedTime();
        await using var server = await DatadogServer.StartAsync(Cancellation);
        var key = server.ApiKey;
        await using var bench = new DatadogBench(server, time: time);
        server.ApiKey = "another";
        bench.Send(Texts(35));
        await time.AdvanceToAsync(TimeSpan.FromMilliseconds(10));

        await time.AdvanceToAsync(KeyRefusals.ProbeInterval);
        await server.WaitForRequestsAsync(2, Cancellation);
        server.ApiKey = key;
        Assert.NotNull(bench.Exporter.Problem);
        await time.AdvanceToAsync(KeyRefusals.ProbeInterval);

        await server.WaitUntilAsync(_ => server.Logs.Count == 35, "all logs", Cancellation);
        AssertKeptOnce(server, 35);
        await Watchdog.WaitAsync(bench.Queue.FlushAsync(Cancellation), "the end of the batch", Cancellation);
        Assert.Equal(35, bench.Queue.Ledger.Delivered);
        Assert.Null(bench.Exporter.Problem);
        Assert.Single(bench.Log, line => line.StartsWith("Error 4200", StringComparison.Ordinal));
        Assert.Single(bench.Log, line => line.StartsWith("Information 4201", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_ShutDownWhileTheKeyIsRefused_CountsWhatIsLost()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.ApiKey = "another";
        await using var bench = new DatadogBench(server);
        server.ApiKey = "yet another";
        bench.Send(Texts(35));
        await server.WaitForRequestsAsync(1, Cancellation);

        await bench.Queue.DrainAsync(new Threading.Deadline(TimeProvider.System, TimeSpan.Zero), Cancellation);

        Assert.Equal(35, bench.Queue.Ledger.Dropped(DropReason.Shutdown));
    }

    [Fact]
    public async Task Deliver_AnswersRepeatTheKey_ItIsInNoOutput()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        int[] codes = [400, 403, 413, 429, 500, 301];
        var next = 0;
        server.Script = request => new(codes[next++ % codes.Length], $"your key {request.Headers["DD-API-KEY"]} is bad")
        {
            Headers = new Dictionary<string, string> { ["Location"] = $"http://other.example/?key={request.Headers["DD-API-KEY"]}" },
        };
        var bench = new DatadogBench(server, perRequest: 1, maxElapsed: TimeSpan.FromMilliseconds(200));

        await bench.DeliverAsync(Texts(30));
        await bench.DisposeAsync();

        var output = string.Join('\n', [.. bench.Log, bench.Exporter.Problem ?? ""]);
        Assert.Contains("***", output, StringComparison.Ordinal);
        Assert.DoesNotContain(server.ApiKey, output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Deliver_RandomFaults_LosesAndDoublesNothing()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        var random = new Random(FreshSeed.Value);
        server.Script = _ => random.Next(10) switch
        {
            0 => new(503),
            1 => new(429) { RetryAfter = "0" },
            2 => DatadogReply.Reset,
            3 => DatadogReply.TooLarge,
            _ => null,
        };
        server.Script = Sparing(server.Script);
        await using var bench = new DatadogBench(server, perRequest: 20);

        for (var i = 0; i < 20; i++)
            await bench.DeliverAsync(Enumerable.Range(i * 50, 50).Select(n => $"r{n}."));

        AssertKeptOnce(server, 1000);
        Assert.Equal(1000, bench.Queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Flush_TellsWhatHoldsDataOfItsOwn()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        await using var bench = new DatadogBench(server);

        await bench.Exporter.FlushAsync(Cancellation);

        Assert.Equal(1, bench.Reporter.Flushes);
    }

    [Fact]
    public async Task Flush_OneThatHoldsDataMustWait_DoesNotKeepTheOthersBack()
    {
        using var bench = new ExporterBench();
        var client = new DatadogClient(new DatadogExporterOptions { ApiKey = "k" }, bench.Context);
        var later = new TaskCompletionSource();
        await using var exporter = new DatadogExporter(
            client,
            _ => throw new NotSupportedException(),
            [new FlushingReporter(() => later.Task), new FlushingReporter(() => Task.FromResult(later.TrySetResult()))],
            deltas: null,
            bench.Context);

        await Watchdog.WaitAsync(exporter.FlushAsync(Cancellation).AsTask(), "both are told", Cancellation);
    }

    /// <summary>A single record is never found too large.</summary>
    private static Func<DatadogRequest, DatadogReply?> Sparing(Func<DatadogRequest, DatadogReply?> script) =>
        request => script(request) is { } reply && (reply.Status != 413 || request.Items > 1) ? reply : null;

    private static IEnumerable<string> Texts(int count) => Enumerable.Range(0, count).Select(i => $"r{i}.");

    private static string Text(DatadogRequest request) => ((JsonElement)request.Message).GetRawText();

    private static void AssertKeptOnce(DatadogServer server, int count) => Assert.Equal(
        Texts(count).Order(StringComparer.Ordinal),
        server.Logs.Select(log => log.GetProperty("message").GetString()!).Order(StringComparer.Ordinal));

    /// <summary>A clock that is moved when somebody waits for it.</summary>
    private sealed class ObservedTime : FakeTimeProvider
    {
        private readonly ChangeSignal _changes = new();
        private readonly List<TimeSpan> _due = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new ObservedTimer(base.CreateTimer(callback, state, dueTime, period), this, dueTime);

        /// <summary>Waits until a timer is set to a time span, and lets that pass.</summary>
        public async Task AdvanceToAsync(TimeSpan due)
        {
            await Watchdog.UntilAsync(_changes, () => Take(due), () => $"a timer of {due}", Cancellation);
            Advance(due);
        }

        private bool Take(TimeSpan due)
        {
            lock (_due)
                return _due.Remove(due);
        }

        private void Note(TimeSpan due)
        {
            lock (_due)
                _due.Add(due);
            _changes.Pulse();
        }

        private sealed class ObservedTimer : ITimer
        {
            private readonly ITimer _timer;
            private readonly ObservedTime _time;

            public ObservedTimer(ITimer timer, ObservedTime time, TimeSpan due)
            {
                _timer = timer;
                _time = time;
                time.Note(due);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var changed = _timer.Change(dueTime, period);
                _time.Note(dueTime);
                return changed;
            }

            public void Dispose() => _timer.Dispose();

            public ValueTask DisposeAsync() => _timer.DisposeAsync();
        }
    }

    private sealed class FlushingReporter(Func<Task> flush) : IDatadogReporter
    {
        public ValueTask FlushAsync(CancellationToken cancellationToken) => new(flush());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
