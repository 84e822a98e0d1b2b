using System.Collections.Concurrent;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Pipelines;

/// <summary>
/// Whatever destinations do to random payloads: what is said of a trace is what one finds by looking up each of its spans at each
/// destination.
/// </summary>
public sealed class TraceWatchPropertyTests
{
    private const int Traces = 12;
    private const int LeastSpans = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_RandomPayloadsAndOutcomes_SaysWhatAPlainModelSays()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 25; seed++)
        {
            try
            {
                await RunAsync(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={seed}: {exception.Message}", exception);
            }
        }
    }

    private static async Task RunAsync(Random random)
    {
        using var engine = new EngineUnderTest(workers: 2);
        var watch = new TraceWatch(Traces);
        var destinations = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Destination(engine, random)).ToList();
        var pipeline = new Pipeline(OtlpSignal.Traces, [], engine.Queues, watch);
        var admitted = new List<(string Name, int Trace)[]>();
        var waits = new List<(int Trace, int Spans, Task<TraceOutcome> Wait)>();
        using var end = new CancellationTokenSource();
        for (var i = 0; i < 40; i++)
        {
            if (random.Next(4) == 0)
            {
                var (trace, count) = (random.Next(1, Traces + 1), random.Next(1, 30));
                waits.Add((trace, count, watch.WaitAsync((UInt128)trace, count, end.Token)));
            }

            var size = random.Next(LeastSpans, 20);
            var spans = Enumerable.Range(0, size).Select(span => ($"{i}.{span}", random.Next(0, Traces + 1))).ToArray();
            if (Admit(engine, pipeline, spans, sender: random.Next(2) == 0 ? new CountedCompletion() : null))
                admitted.Add(spans);
            if (random.Next(8) == 0)
                _ = engine.Queues[0].FlushAsync(Token);
        }

        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30));
        await Watchdog.WaitAsync(Task.WhenAll(engine.Queues.Select(queue => queue.DrainAsync(deadline, Token))), "the drain", Token);

        var model = new Dictionary<int, TraceOutcome>();
        foreach (var payload in admitted)
        {
            // All of a payload ends as the worst piece of it.
            var status = destinations.Max(destination => payload.Max(span => destination.StatusOf(span.Name)));
            foreach (var (_, trace) in payload.Where(span => span.Trace > 0))
            {
                var before = model.GetValueOrDefault(trace);
                model[trace] = new TraceOutcome(before.Spans + 1, status > before.Worst ? status : before.Worst);
            }
        }

        foreach (var (trace, outcome) in model)
            Assert.Equal(outcome, await Watchdog.WaitAsync(watch.WaitAsync((UInt128)trace, outcome.Spans, Token), $"trace {trace}", Token));
        var hopeless = waits.Where(wait => wait.Spans > model.GetValueOrDefault(wait.Trace).Spans).ToList();
        foreach (var (trace, count, wait) in waits.Except(hopeless))
        {
            var outcome = await Watchdog.WaitAsync(wait, $"{count} spans of trace {trace}", Token);
            Assert.InRange(outcome.Spans, count, model[trace].Spans);
            Assert.True(outcome.Worst <= model[trace].Worst);
        }

        Assert.All(hopeless, wait => Assert.False(wait.Wait.IsCompleted));
        await end.CancelAsync();
        foreach (var (trace, _, wait) in hopeless)
        {
            var error = await Assert.ThrowsAsync<OperationCanceledException>(() => wait);
            Assert.Contains($" {model.GetValueOrDefault(trace).Spans} were accepted", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(model.Count, watch.Count);
    }

    private static bool Admit(EngineUnderTest engine, Pipeline pipeline, (string Name, int Trace)[] spans, DeliveryCompletion? sender)
    {
        var scope = new ScopeSpans();
        foreach (var (name, trace) in spans)
            scope.Spans.Add(new Span { Name = name, TraceId = trace == 0 ? ByteString.Empty : TraceWatchTests.IdOf((UInt128)trace) });
        var body = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } }.ToByteArray();
        var payload = TraceWatchTests.Payload(engine, body, sender, spans.Length);
        payload.AcceptedAt = TimeProvider.System.GetTimestamp();
        if (pipeline.TryAdmitAsync(payload).AsTask().GetAwaiter().GetResult() == AdmissionResult.Admitted)
            return true;
        payload.Dispose();
        return false;
    }

    /// <summary>
    /// Answers at random, and remembers what it said last of each span. It gets batches of several payloads whole, or pieces of one, and
    /// not pieces of several: those end alike, however their own spans fared, and the model would have to know who shared a batch.
    /// </summary>
    private sealed class Destination
    {
        private readonly ConcurrentDictionary<string, DeliveryStatus> _last = new();

        public Destination(EngineUnderTest engine, Random random)
        {
            var answers = new Random(random.Next());
            var splits = random.Next(2) == 0;
            var (most, hostility) = (splits ? random.Next(1, LeastSpans) : int.MaxValue, random.Next(0, 60));
            var exporter = new ScriptedExporter(attempt => new ValueTask<ExportOutcome>(Answer(attempt, answers, most, hostility)));
            engine.AddQueue(exporter, new ExporterQueueSettings(
                "random",
                random.Next(2, 200) * 1024,
                random.Next(2) == 0 ? OverflowPolicy.Block : OverflowPolicy.DropNewest,
                new BatchLimits(splits ? random.Next(1, LeastSpans) : 1000, 100_000, TimeSpan.FromMilliseconds(random.Next(6))),
                new RetrySchedule(
                    TimeSpan.FromMilliseconds(1),
                    TimeSpan.FromMilliseconds(4),
                    TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 1 : 60_000)),
                TimeSpan.FromSeconds(20),
                random.Next(1, 6)));
        }

        /// <summary>What never came was dropped at the door; what was to be tried again and was not, has expired.</summary>
        public DeliveryStatus StatusOf(string span) => _last.GetValueOrDefault(span, DeliveryStatus.Abandoned);

        private ExportOutcome Answer(ScriptedAttempt attempt, Random answers, int most, int hostility)
        {
            lock (answers)
            {
                var (outcome, status) = answers.Next(100) < hostility
                    ? answers.Next(2) == 0
                        ? (ExportOutcome.Rejected("no"), DeliveryStatus.Rejected)
                        : (ExportOutcome.Retry("later"), DeliveryStatus.Expired)
                    : attempt.Items > most
                        ? (ExportOutcome.TooLarge("too large"), DeliveryStatus.Rejected)
                        : (ExportOutcome.Delivered(), DeliveryStatus.Delivered);
                foreach (var name in TraceBody.SpanNames(attempt.Bodies))
                    _last[name] = status;
                return outcome;
            }
        }
    }
}
