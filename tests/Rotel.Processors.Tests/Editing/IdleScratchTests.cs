using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Editing;

public sealed class IdleScratchTests
{
    [Fact]
    public void Scratches_OfABurstOfThreads_AreNotAllKept()
    {
        var threads = EditingProcessor.MaxIdle + 4;
        using var together = new Barrier(threads);
        var editor = new WaitingEditor(together);
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        var processor = new EditingProcessor(
            editor, new ProcessorSetup("tested", pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("tested", OtlpSignal.Traces)));
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 1);

        Burst();
        Assert.Equal(threads, editor.Seen);
        Burst();

        Assert.Equal((2 * threads) - EditingProcessor.MaxIdle, editor.Seen);
        Assert.Equal(0, pool.Budget.Reserved);

        void Burst()
        {
            var all = Enumerable.Range(0, threads).Select(_ => new Thread(Process)).ToArray();
            foreach (var thread in all)
                thread.Start();
            foreach (var thread in all)
                Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        }

        void Process()
        {
            var buffer = pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, itemCount: 1) { IsCanonical = true, IsValidated = true };
            processor.Process(payload)!.Dispose();
        }
    }

    /// <summary>Counts the scratches it meets, and waits until all threads have met theirs.</summary>
    private sealed class WaitingEditor(Barrier together) : BodyEditor
    {
        private int _seen;

        public int Seen => Volatile.Read(ref _seen);

        public override EditLevels Levels => EditLevels.Resource;

        public override void EditResource(ref BodyWalk walk)
        {
            if (walk.Scratch.State is null)
                Interlocked.Increment(ref _seen);
            walk.Scratch.State ??= new Mark();
            Assert.True(together.SignalAndWait(TimeSpan.FromMinutes(1)));
        }
    }

    private sealed class Mark : EditorState
    {
        public override void EndBody()
        {
        }
    }
}
