using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Processors.Typed;

/// <summary>Typed steps on threads of their own with a clock that stands still, and what became of everything afterwards.</summary>
internal sealed class TypedBench : IAsyncDisposable
{
    private readonly List<TypedStep> _steps = [];
    private TypedProcessor? _processor;

    public TypedBench(int threads = 1, OtlpSignal signal = OtlpSignal.Traces)
    {
        Signal = signal;
        Pool = new BufferPool(Budget);
        Threads = new TypedThreads(threads);
    }

    public OtlpSignal Signal { get; }

    public ByteBudget Budget { get; } = new(256 * 1024 * 1024);

    public BufferPool Pool { get; }

    public FakeTimeProvider Time { get; } = new();

    public TypedThreads Threads { get; }

    public LogRecorder Log { get; } = new();

    public IServiceScopeFactory? Services { get; set; }

    public TypedProcessor Processor =>
        _processor ??= new TypedProcessor(Signal, _steps, Threads, Pool, Time, Log.CreateLogger("Rotel.Processors"), Services);

    public ProcessorLedger Ledger(int step) => _steps[step].Ledger;

    public TypedBench Add(TypedSource source, Action<TypedProcessorOptions>? configure = null)
    {
        var options = new TypedProcessorOptions();
        configure?.Invoke(options);
        var name = $"step{_steps.Count}";
        _steps.Add(new TypedStep(name, source, options, new ProcessorLedger(name, Signal), Log.CreateLogger($"Rotel.Processor.{name}")));
        return this;
    }

    public TypedBench Add(Action<ResourceSpans, ProcessorContext> process, Action<TypedProcessorOptions>? configure = null) =>
        Add(TypedSource.Of(process), configure);

    public TypedBench AddAsync(Func<ResourceSpans, ProcessorContext, ValueTask> process, Action<TypedProcessorOptions>? configure = null) =>
        Add(TypedSource.Of(process), configure);

    public OtlpPayload Payload(ReadOnlySpan<byte> body, RequestMetadata? metadata = null, bool isValidated = true)
    {
        var validation = OtlpValidator.Validate(Signal, body, OtlpLimits.Untrusted);
        var buffer = Pool.RentOverdraft(body.Length + (metadata?.Charge ?? 0));
        body.CopyTo(buffer.Span);
        return new OtlpPayload(Signal, buffer, body.Length, validation.ItemCount)
        {
            IsCanonical = validation.IsCanonical,
            IsValidated = isValidated,
            TravelsAlone = validation.HasUnknownTopLevelField,
            Metadata = metadata,
        };
    }

    public Task<OtlpPayload?> StartAsync(IMessage request) => StartAsync(Payload(request.ToByteArray()));

    public Task<OtlpPayload?> StartAsync(OtlpPayload payload) => Processor.ProcessAsync(payload, CancellationToken.None).AsTask();

    public Task<OtlpPayload?> FinishAsync(OtlpPayload payload) => FinishAsync(StartAsync(payload));

    /// <summary>Processes a request to its end; null when nothing is left of it.</summary>
    public async Task<ExportTraceServiceRequest?> ProcessAsync(IMessage request)
    {
        using var payload = await FinishAsync(StartAsync(request));
        return payload is null ? null : ExportTraceServiceRequest.Parser.ParseFrom(payload.Body.Span);
    }

    public static Task<OtlpPayload?> FinishAsync(Task<OtlpPayload?> processing) =>
        Watchdog.WaitAsync(processing, "end of processing", TestContext.Current.CancellationToken);

    /// <summary>Resources named by their number, each with a scope of so many spans.</summary>
    public static ExportTraceServiceRequest Traces(int resources = 1, int spans = 3)
    {
        var request = new ExportTraceServiceRequest();
        for (var r = 0; r < resources; r++)
        {
            var scope = new ScopeSpans();
            for (var i = 0; i < spans; i++)
                scope.Spans.Add(new Span { Name = $"span {r}.{i}", TraceId = Id(16), SpanId = Id(8) });
            var resource = new ResourceSpans { Resource = new() { Attributes = { Text("number", $"{r}") } }, ScopeSpans = { scope } };
            request.ResourceSpans.Add(resource);
        }

        return request;
    }

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    /// <summary>The values of an attribute on the resources that have it.</summary>
    public static IEnumerable<string> Values(ExportTraceServiceRequest? request, string key) =>
        from resource in request?.ResourceSpans ?? []
        from attribute in resource.Resource?.Attributes ?? []
        where attribute.Key == key
        select attribute.Value.StringValue;

    public async ValueTask DisposeAsync()
    {
        await Processor.DisposeAsync();
        Threads.Dispose();
    }

    private static ByteString Id(int length) => ByteString.CopyFrom(new byte[length]);
}
