using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Typed;

public sealed class TypedProcessorTests
{
    [Fact]
    public async Task Steps_OfAllKinds_SeeWhatThoseBeforeThemLeft()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) => resource.Resource.Attributes.Add(TypedBench.Text("order", "a")))
            .AddAsync(async (resource, _) =>
            {
                await Task.Yield();
                resource.Resource.Attributes[^1].Value.StringValue += "b";
            })
            .Add(TypedSource.Of(new Appending("c")))
            .Add(TypedSource.Of(new AppendingLater("d")))
            .Add(TypedSource.From(_ => new Appending("e")));

        var result = await bench.ProcessAsync(TypedBench.Traces(resources: 3));

        Assert.Equal(["abcde", "abcde", "abcde"], TypedBench.Values(result, "order"));
        Assert.Equal(["0", "1", "2"], TypedBench.Values(result, "number"));
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Fact]
    public async Task Steps_OnManyRequestsAtOnce_KeepThemApart()
    {
        await using var bench = new TypedBench(threads: 4)
            .Add((resource, _) => resource.Resource.Attributes.Add(resource.Resource.Attributes[0].Clone()))
            .Add((resource, _) => resource.Resource.Attributes[1].Key = "order")
            .AddAsync(async (resource, context) =>
            {
                await Task.Yield();
                resource.Resource.Attributes[^1].Value.StringValue += $" of {resource.ScopeSpans[0].Spans.Count}";
            });

        var results = await Task.WhenAll(
            Enumerable.Range(1, 200).Select(n => bench.ProcessAsync(TypedBench.Traces(resources: 2, spans: n))));

        for (var n = 1; n <= results.Length; n++)
            Assert.Equal([$"0 of {n}", $"1 of {n}"], TypedBench.Values(results[n - 1], "order"));
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Fact]
    public async Task Items_TakenOut_AreCountedForTheStepThatDid()
    {
        await using var bench = new TypedBench()
            .Add((resource, _) => resource.ScopeSpans[0].Spans.RemoveAt(0))
            .Add((_, _) => { })
            .Add((resource, context) =>
            {
                if (resource.Resource.Attributes[0].Value.StringValue == "1")
                    resource.ScopeSpans.Clear();
            });

        using var result = await TypedBench.FinishAsync(bench.StartAsync(TypedBench.Traces(resources: 3, spans: 4)));

        Assert.Equal((6, 12), (result!.ItemCount, result.ReceivedItems));
        Assert.Equal(["0", "2"], TypedBench.Values(Parsed(result), "number"));
        Assert.Equal(0, bench.Ledger(0).Dropped(ProcessorLossReason.Removed));
        result.Losses!.Count();
        Assert.Equal([3, 0, 3], [.. Enumerable.Range(0, 3).Select(step => bench.Ledger(step).Dropped(ProcessorLossReason.Removed))]);
    }

    [Fact]
    public async Task Points_TakenOut_AreCounted()
    {
        await using var bench = new TypedBench(signal: OtlpSignal.Metrics).Add(TypedSource.Of<ResourceMetrics>((resource, _) =>
        {
            foreach (var metric in resource.ScopeMetrics[0].Metrics)
            {
                if (metric.DataCase == Metric.DataOneofCase.Histogram)
                    metric.Histogram.DataPoints.RemoveAt(0);
            }
        }));

        using var result = await TypedBench.FinishAsync(bench.StartAsync(new StandardLoad().Metrics(30)));

        Assert.Equal((29, 30), (result!.ItemCount, result.ReceivedItems));
        Assert.Equal(29, OtlpItems.Count(ExportMetricsServiceRequest.Parser.ParseFrom(result.Body.Span)));
    }

    [Fact]
    public async Task Items_AllTakenOut_LeaveNothingAndAreCountedAtOnce()
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.ScopeSpans.Clear());

        Assert.Null(await bench.ProcessAsync(TypedBench.Traces(resources: 2, spans: 5)));

        Assert.Equal(10, bench.Ledger(0).Dropped(ProcessorLossReason.Removed));
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Fact]
    public async Task Items_ThatAStepAdds_Travel()
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.ScopeSpans[0].Spans.Add(new Span { Name = "added" }));

        using var result = await TypedBench.FinishAsync(bench.StartAsync(TypedBench.Traces(resources: 2, spans: 1)));

        Assert.Equal(4, result!.ItemCount);
        Assert.Null(result.Losses);
    }

    [Fact]
    public async Task Resource_WithoutItems_IsNobodysLoss()
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "u");
        var request = TypedBench.Traces(resources: 2);
        request.ResourceSpans[0].ScopeSpans.Clear();

        var result = await bench.ProcessAsync(request);

        Assert.Equal(["u", "u"], result!.ResourceSpans.Select(resource => resource.SchemaUrl));
    }

    [Fact]
    public async Task Context_TellsOfTheRequest()
    {
        ProcessorContext? seen = null;
        var headers = new Dictionary<string, string>();
        await using var bench = new TypedBench().Add((resource, context) =>
        {
            seen = context;
            resource.SchemaUrl = $"{context.Headers["X-Tenant"]} {context.Headers.Count} {context.Headers.ContainsKey("other")}";
            context.Logger.LogWarning("seen");
        });
        var metadata = new RequestMetadata([new("x-tenant", "acme")]);
        var payload = bench.Payload(TypedBench.Traces().ToByteArray(), metadata);

        using var result = await bench.FinishAsync(payload);

        Assert.Equal("acme 1 False", Parsed(result!).ResourceSpans[0].SchemaUrl);
        Assert.Same(metadata, result!.Metadata);
        Assert.Equal(OtlpSignal.Traces, seen!.Signal);
        Assert.Null(seen.Services);
        Assert.False(seen.CancellationToken.IsCancellationRequested);
        Assert.Equal("Rotel.Processor.step0", Assert.Single(bench.Log.Lines).Category);
    }

    [Fact]
    public void Context_MadeByATest_HasWhatItWasGiven()
    {
        var context = new ProcessorContext(OtlpSignal.Logs) { Headers = new Dictionary<string, string> { ["a"] = "b" } };

        Assert.Equal(("b", OtlpSignal.Logs), (context.Headers["a"], context.Signal));
        Assert.Null(context.Services);
        Assert.Empty(new ProcessorContext(OtlpSignal.Logs).Headers);
    }

    [Fact]
    public async Task Services_AreOfOneScopePerRequest()
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = new ServiceCollection()
            .AddScoped(_ => new Unit(disposed)).AddScoped<Numbering>().BuildServiceProvider(validateScopes: true);
        await using var bench = new TypedBench { Services = provider.GetRequiredService<IServiceScopeFactory>() }
            .Add(TypedSource.From(services => services!.GetRequiredService<Numbering>()))
            .Add((resource, context) =>
            {
                context.Services!.GetRequiredService<Unit>().Count++;
                resource.SchemaUrl += $" {context.Services!.GetRequiredService<Unit>().Count}";
            });

        var first = await bench.ProcessAsync(TypedBench.Traces(resources: 2));
        await TestKit.Watchdog.WaitAsync(disposed.Task, "disposal of the scope", TestContext.Current.CancellationToken);
        var second = await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal(["1 2", "3 4"], first!.ResourceSpans.Select(resource => resource.SchemaUrl));
        Assert.Equal("1 2", second!.ResourceSpans[0].SchemaUrl);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Type_ThatIsNotRegistered_IsMadeForEachRequestAndDisposed(bool hasContainer, bool isRegistered)
    {
        var services = new ServiceCollection();
        if (isRegistered)
            services.AddSingleton<Disposable>();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        Disposable.Reset();
        await using var bench = new TypedBench().Add(TypedSource.OfType<Disposable>());
        if (hasContainer || isRegistered)
            bench.Services = provider.GetRequiredService<IServiceScopeFactory>();

        var first = await bench.ProcessAsync(TypedBench.Traces(resources: 2));
        if (!isRegistered)
            await TestKit.Watchdog.WaitAsync(Disposable.Disposed, "disposal of the step's object", TestContext.Current.CancellationToken);
        var second = await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal(["1", "2"], first!.ResourceSpans.Select(resource => resource.SchemaUrl));
        Assert.Equal(isRegistered ? "3" : "1", second!.ResourceSpans[0].SchemaUrl);
        Assert.Equal(!isRegistered, Disposable.Disposed.IsCompleted);
    }

    [Fact]
    public async Task Thread_OfSteps_IsOursAndBelowNormal()
    {
        Thread? thread = null;
        var flowed = new AsyncLocal<string?> { Value = "the sender's" };
        var seen = new List<string?>();
        await using var bench = new TypedBench().Add((_, _) =>
        {
            thread = Thread.CurrentThread;
            seen.Add(flowed.Value);
            flowed.Value = "left behind";
        });

        await bench.ProcessAsync(TypedBench.Traces());
        await bench.ProcessAsync(TypedBench.Traces());

        Assert.Equal((ThreadPriority.BelowNormal, true, false), (thread!.Priority, thread.IsBackground, thread.IsThreadPoolThread));
        Assert.Equal([null, null], seen);
        Assert.Equal(1, bench.Threads.Started);
    }

    [Fact]
    public async Task Process_Blocking_GivesTheSame()
    {
        await using var bench = new TypedBench().AddAsync(async (resource, _) =>
        {
            await Task.Yield();
            resource.SchemaUrl = "changed";
        });

        using var result = bench.Processor.Process(bench.Payload(TypedBench.Traces().ToByteArray()));

        Assert.Equal("changed", Parsed(result!).ResourceSpans[0].SchemaUrl);
    }

    [Theory]
    [InlineData(typeof(Appending), OtlpSignal.Traces, true)]
    [InlineData(typeof(AppendingLater), OtlpSignal.Traces, true)]
    [InlineData(typeof(Appending), OtlpSignal.Logs, false)]
    [InlineData(typeof(TypedDelegate<ResourceLogs>), OtlpSignal.Logs, true)]
    [InlineData(typeof(TypedDelegate<ResourceLogs>), OtlpSignal.Metrics, false)]
    [InlineData(typeof(string), OtlpSignal.Metrics, false)]
    [InlineData(typeof(Appending), OtlpSignal.Profiles, false)]
    public void Serves_AType_SaysForWhichSignals(Type type, OtlpSignal signal, bool expected) =>
        Assert.Equal(expected, TypedSource.Serves(type, signal));

    [Fact]
    public void AsynchronousProcessor_CalledBlocking_Waits()
    {
        var resource = TypedBench.Traces().ResourceSpans[0];
        resource.Resource.Attributes.Add(TypedBench.Text("order", ""));

        ((ITraceProcessor)new AppendingLater("x")).Process(resource, new ProcessorContext(OtlpSignal.Traces));

        Assert.Equal("x", resource.Resource.Attributes[^1].Value.StringValue);
    }

    private static OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest Parsed(OtlpPayload payload) =>
        OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest.Parser.ParseFrom(payload.Body.Span);

    private sealed class Appending(string text) : ITraceProcessor
    {
        public void Process(ResourceSpans resourceSpans, ProcessorContext context) =>
            resourceSpans.Resource.Attributes[^1].Value.StringValue += text;
    }

    private sealed class AppendingLater(string text) : IAsyncTraceProcessor
    {
        public async ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context)
        {
            await Task.Yield();
            resourceSpans.Resource.Attributes[^1].Value.StringValue += text;
        }
    }

    private sealed class Unit(TaskCompletionSource disposed) : IAsyncDisposable
    {
        public int Count { get; set; }

        public ValueTask DisposeAsync()
        {
            disposed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Numbering(Unit unit) : ITraceProcessor
    {
        public void Process(ResourceSpans resourceSpans, ProcessorContext context) => resourceSpans.SchemaUrl = $"{++unit.Count}";
    }

    private sealed class Disposable : ITraceProcessor, IDisposable
    {
        private static TaskCompletionSource _newest = new();

        // Objects of an earlier test may be disposed during the next.
        private readonly TaskCompletionSource _disposed = _newest;
        private int _calls;

        public static Task Disposed => _newest.Task;

        public static void Reset() => _newest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Process(ResourceSpans resourceSpans, ProcessorContext context) => resourceSpans.SchemaUrl = $"{++_calls}";

        public void Dispose() => _disposed.TrySetResult();
    }
}
