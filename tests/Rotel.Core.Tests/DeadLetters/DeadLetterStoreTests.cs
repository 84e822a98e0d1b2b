using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.DeadLetters;

/// <summary>What is kept, what is not for want of room, time or a disk, and that all of it is counted.</summary>
public sealed class DeadLetterStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rotel-dead-").FullName;
    private readonly BufferPool _pool = new(new ByteBudget(64 * 1024 * 1024));
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root, "letters");

    private string[] Files => [.. DeadLetterFiles.Find(Folder).Select(file => file.FullName)];

    private string[] Lines => [.. Files.SelectMany(File.ReadAllLines)];

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Theory]
    [InlineData(nameof(DropReason.DestinationRejected), true)]
    [InlineData(nameof(DropReason.ItemTooLarge), true)]
    [InlineData(nameof(DropReason.ExporterFault), true)]
    [InlineData(nameof(DropReason.RetryExpired), false)]
    [InlineData(nameof(DropReason.QueueFull), false)]
    [InlineData(nameof(DropReason.Shutdown), false)]
    [InlineData(nameof(DropReason.PartiallyRejected), false)]
    public async Task Take_ByReason_KeepsWhatAnotherTryWouldNotHelp(string name, bool isKept)
    {
        var reason = Enum.Parse<DropReason>(name);
        var store = Create();
        await using (store)
            Assert.Equal(isKept, Take(store, TraceBody.Of(3), reason: reason));

        Assert.Equal(isKept ? [("backend", OtlpSignal.Traces, 3L)] : [], store.Ledger.Kept);
        Assert.Empty(store.Ledger.Lost);
        Assert.Equal(isKept, Directory.Exists(Folder));
        if (isKept)
            Assert.Contains($"\"reason\":\"{reason.Name()}\"", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AreTheirOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        await using (var store = Create())
            Take(store, TraceBody.Of(1));

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Files)));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        }
    }

    [Fact]
    public async Task Directory_ThatIsALink_IsNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs rights there");
        Directory.CreateDirectory(Path.Combine(_root, "elsewhere"));
        Directory.CreateSymbolicLink(Folder, Path.Combine(_root, "elsewhere"));
        var store = Create();
        await using (store)
            Take(store, TraceBody.Of(2));

        Assert.Empty(Directory.GetFiles(Path.Combine(_root, "elsewhere")));
        Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Unwritable, 2L)], store.Ledger.Lost);
        Assert.Contains(_log.Lines, line => line.EventId == EventIds.DeadLettersUnwritable
            && line.Message.Contains("is a link", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_MoreThanTheDirectoryMayTake_DeletesTheOldestAndCountsThem()
    {
        const long MaxBytes = 256 * 1024;
        const int Letters = 200;
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Folder).FullName, "foreign.jsonl"), "stays");
        var store = Create(MaxBytes);
        await using (store)
        {
            for (var i = 0; i < Letters; i++)
            {
                Take(store, TraceBody.Of(2, $"letter{i}.", padding: 2000));
                await store.IdleAsync();
                _time.Advance(TimeSpan.FromMilliseconds(1));
                Assert.InRange(Files.Sum(file => new FileInfo(file).Length), 0, MaxBytes);
            }
        }

        var kept = Lines;
        Assert.Contains($"letter{Letters - 1}.1", kept[^1], StringComparison.Ordinal);
        Assert.Equal([("backend", OtlpSignal.Traces, 2L * Letters)], store.Ledger.Kept);
        Assert.Equal(
            [("backend", OtlpSignal.Traces, DeadLetterLoss.NoRoom, 2L * (Letters - kept.Length))], store.Ledger.Lost);
        Assert.Equal(
            Enumerable.Range(Letters - kept.Length, kept.Length),
            kept.Select(line => int.Parse(SpanNamesIn(line)[0]["letter".Length..].Split('.')[0], CultureInfo.InvariantCulture)));
        Assert.InRange(kept.Length, 20, Letters - 1);
        Assert.True(File.Exists(Path.Combine(Folder, "foreign.jsonl")));
        Assert.Contains(_log.Lines, line => line.EventId == EventIds.DeadLettersLost);
    }

    [Fact]
    public async Task Write_LargerThanTheDirectoryMayBecome_IsCounted()
    {
        var store = Create(64 * 1024);
        await using (store)
            Take(store, TraceBody.Of(2, padding: 60_000));

        Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.TooLarge, 2L)], store.Ledger.Lost);
    }

    [Fact]
    public async Task Write_SomebodyHasTheFile_BeginsAnother()
    {
        await using var store = Create();
        Take(store, TraceBody.Of(1, "a"));
        await store.IdleAsync();
        Take(store, TraceBody.Of(1, "b"));
        await store.IdleAsync();
        Assert.Equal(2, File.ReadAllLines(Assert.Single(Files)).Length);

        using (var claim = DeadLetterClaim.TryTake(Files[0]))
        {
            Assert.NotNull(claim);
            Take(store, TraceBody.Of(1, "c"));
            await store.IdleAsync();
            Assert.Equal(2, Files.Length);
            claim.Keep([]);
        }

        Take(store, TraceBody.Of(1, "d"));
        await store.IdleAsync();
        Assert.Equal(2, File.ReadAllLines(Assert.Single(Files)).Length);
    }

    [Fact]
    public async Task Write_DiskFillsUp_LeavesWholeLinesCountsAndRecovers()
    {
        FaultyFile? faulty = null;
        var store = Create(open: (path, options) => faulty = new FaultyFile(new FileStream(path, options)) { Room = faulty?.Room ?? 8000 });
        await using (store)
        {
            Take(store, TraceBody.Of(1, "first"));
            await store.IdleAsync();
            Take(store, TraceBody.Of(3, "no", padding: 8000));
            await store.IdleAsync();
            Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Unwritable, 3L)], store.Ledger.Lost);

            // Left alone for a second, so that a disk that is away is not asked for every batch.
            faulty!.Room = long.MaxValue;
            Take(store, TraceBody.Of(1, "soon"));
            await store.IdleAsync();
            Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Unwritable, 4L)], store.Ledger.Lost);

            _time.Advance(TimeSpan.FromSeconds(1));
            Take(store, TraceBody.Of(1, "last"));
        }

        Assert.Equal(["first0", "last0"], Lines.SelectMany(SpanNamesIn));
        Assert.Equal([("backend", OtlpSignal.Traces, 2L)], store.Ledger.Kept);
    }

    [Fact]
    public async Task Take_DiskHangs_TakesNoMoreThanAPartOfTheMemoryAndCountsTheRest()
    {
        using var gate = new ManualResetEventSlim();
        var store = Create(open: (path, options) =>
        {
            gate.Wait(Token);
            return new FileStream(path, options);
        });
        var body = TraceBody.Of(1, padding: 1_000_000);
        var taken = Enumerable.Range(0, 100).Count(_ => Take(store, body));

        Assert.InRange(taken, 1, 9);
        Assert.InRange(_pool.Budget.Reserved, 1, 16_000_000);
        Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Overload, 100L - taken)], store.Ledger.Lost);
        gate.Set();
        await store.DisposeAsync();
        Assert.Equal([("backend", OtlpSignal.Traces, (long)taken)], store.Ledger.Kept);
    }

    [Fact]
    public async Task Stop_DiskHangs_CountsWhatWaits()
    {
        using var gate = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var store = Create(time: TimeProvider.System, open: (path, options) =>
        {
            reached.Set();
            gate.Wait(Token);
            return new FileStream(path, options);
        });
        Take(store, TraceBody.Of(1));
        Assert.True(reached.Wait(TimeSpan.FromSeconds(30), Token));
        Take(store, TraceBody.Of(2));
        await Watchdog.WaitAsync(store.StopAsync(new Deadline(TimeProvider.System, TimeSpan.FromMilliseconds(10))), "the stop", Token);
        Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Stopped, 2L)], store.Ledger.Lost);
        Assert.False(Take(store, TraceBody.Of(3)));
        gate.Set();
        await store.IdleAsync();
        await store.DisposeAsync();

        Assert.Equal([("backend", OtlpSignal.Traces, 1L)], store.Ledger.Kept);
        Assert.Equal([("backend", OtlpSignal.Traces, DeadLetterLoss.Stopped, 5L)], store.Ledger.Lost);
    }

    [Fact]
    public async Task Take_FromManyThreadsInTwoStores_KeepsEveryLetterOnce()
    {
        await using (var one = Create())
        await using (var other = Create())
        {
            Parallel.For(0, 400, i => Take(i % 2 == 0 ? one : other, TraceBody.Of(1, $"letter{i}.")));
        }

        Assert.Equal(
            Enumerable.Range(0, 400).Select(i => $"letter{i}.0").Order(StringComparer.Ordinal),
            Lines.SelectMany(SpanNamesIn).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Settle_RejectedBatch_IsKeptWithWhatWasSaid()
    {
        using var engine = new EngineUnderTest(_time);
        var store = new DeadLetterStore(Folder, 1 << 20, engine.Pool, _time, _log.CreateLogger("test"));
        await using (store)
        {
            var exporter = new ScriptedExporter(attempt => new(
                attempt.Number == 0 ? ExportOutcome.Rejected("HTTP 400: bad") : ExportOutcome.Delivered()), readsBodies: false)
            {
                Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: false) { Replaces = true },
            };
            var queue = engine.AddQueue(exporter, EngineUnderTest.Settings() with { DeadLetters = store, KeepsWireForm = true });
            for (var i = 0; i < 2; i++)
            {
                await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(4, $"batch{i}."));
                await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
            }

            engine.AssertLedgerAddsUp();
        }

        var line = Assert.Single(Lines);
        Assert.Contains("\"exporter\":\"test\",\"items\":4,", line, StringComparison.Ordinal);
        Assert.Contains("HTTP 400: bad", line, StringComparison.Ordinal);
        Assert.Contains("batch0.3", line, StringComparison.Ordinal);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    private string[] SpanNamesIn(string line) => [.. TraceBody.SpanNames([Letters.Request(_pool, line).ToByteArray()])];

    private DeadLetterStore Create(
        long maxBytes = 1 << 20, TimeProvider? time = null, Func<string, FileStreamOptions, Stream>? open = null) =>
        new(Folder, maxBytes, _pool, time ?? _time, _log.CreateLogger("test"), open);

    private bool Take(DeadLetterStore store, byte[] body, DropReason reason = DropReason.DestinationRejected)
    {
        var batch = Letters.Batch(_pool, OtlpSignal.Traces, body);
        if (store.TryTake(batch, "backend", reason, "HTTP 400"))
            return true;
        batch.Dispose();
        return false;
    }
}
