using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using Rotel.Configuration;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Debug;
using Rotel.Processors.Detection;
using Rotel.Processors.Editing;
using Rotel.Processors.Files;
using Rotel.Processors.Typed;
using Rotel.Receivers.Server;

namespace Rotel.Hosting;

/// <summary>Makes what telemetry passes between receivers and queues; <see cref="Create"/> is its order.</summary>
internal sealed class ProcessorComposition
{
    private const string Category = "Rotel.Processors";
    private const string DetectionName = "resource_detection";

    private readonly RotelPlan _plan;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IServiceProvider? _services;
    private readonly BufferPool _pool;
    private readonly TimeProvider _time;
    private readonly RotelMetrics _metrics;
    private readonly List<TypedProcessor> _typed = [];
    private readonly List<string>[] _names = [[], [], [], []];

    public ProcessorComposition(
        RotelPlan plan,
        ILoggerFactory loggerFactory,
        IServiceProvider? services,
        BufferPool pool,
        TimeProvider time,
        RotelMetrics metrics)
    {
        _plan = plan;
        _loggerFactory = loggerFactory;
        _services = services;
        _pool = pool;
        _time = time;
        _metrics = metrics;
        if (plan.Files is { } files)
            files.Logger = loggerFactory.CreateLogger(Category);
    }

    /// <summary>The application's own processors, of all signals.</summary>
    public IReadOnlyList<TypedProcessor> Typed => _typed;

    /// <summary>What each signal passes, by its number: the names of its processors in order.</summary>
    public IReadOnlyList<string>[] Names => _names;

    /// <summary>What those run on; null where there are none.</summary>
    public TypedThreads? Threads { get; private set; }

    /// <summary>Ends when it is known where the process runs; null where nobody wants to know.</summary>
    public Task<DetectedResource>? Detection { get; private set; }

    /// <summary>Ends it early.</summary>
    public CancellationTokenSource DetectionEnd { get; } = new();

    /// <summary>Begins to find out where the process runs, as early as there is a plan.</summary>
    public void StartDetection() => Detection = _plan.Options.ResourceDetection.Detectors.Count == 0
        ? null
        : ResourceDetection.DetectAsync(
            _plan.Options.ResourceDetection,
            new DetectionSurroundings(_plan.Environment, _time, new SilentMeterFactory()),
            DetectionEnd.Token);

    /// <summary>Everything a signal passes, in order.</summary>
    /// <exception cref="RotelConfigurationException">The constructor of a processor in a file failed.</exception>
    public List<IPayloadProcessor> Create(OtlpSignal signal)
    {
        var processors = new List<IPayloadProcessor>();
        if (!signal.IsMergeable())
            return processors;
        var names = _names[(int)signal];
        if (Detection is not null)
        {
            processors.Add(
                new DetectedResourceProcessor(Detection, _plan.Options.ResourceDetection.Override, SetupOf(DetectionName, signal)));
            names.Add(DetectionName);
        }

        if (_plan.Options.ResourceAttributes.Count > 0)
        {
            processors.Add(CreateResourceAttributes(signal));
            names.Add(GlobalSettings.ResourceAttributes);
        }

        AddSteps(processors, signal);
        if (_plan.Options.DebugLog.Signals.Contains(signal))
            AddDebugLog(processors);
        return processors;
    }

    /// <summary>An upsert of what all resources are to have. It leaves nothing out, so its ledger is nobody's.</summary>
    private EditingProcessor CreateResourceAttributes(OtlpSignal signal)
    {
        var attributes = _plan.Options.ResourceAttributes
            .Select(attribute => KeyValuePair.Create(attribute.Key, AttributeValue.FromString(attribute.Value)));
        const string name = GlobalSettings.ResourceAttributes;
        return new EditingProcessor(
            new ResourceEditor(AttributeActions.Setting(attributes)),
            new ProcessorSetup(
                name, _pool, _time, _loggerFactory.CreateLogger($"Rotel.Processors.{name}"), new ProcessorLedger(name, signal)));
    }

    /// <summary>
    /// Steps of the application's own that follow each other become one processor, which decodes and encodes once for all.
    /// </summary>
    private void AddSteps(List<IPayloadProcessor> processors, OtlpSignal signal)
    {
        var run = new List<TypedStep>();
        foreach (var step in _plan.ProcessorsOf(signal))
        {
            if (CreateStep(step) is { } typed)
            {
                run.Add(typed);
                _names[(int)signal].Add(step.Name);
                continue;
            }

            EndRun();
            if (step is ProcessorStep.BuiltIn { Processor: var processor } && CreateBuiltIn(processor, signal) is { } builtIn)
            {
                processors.Add(builtIn);
                _names[(int)signal].Add(step.Name);
            }
        }

        EndRun();

        void EndRun()
        {
            if (run.Count == 0)
                return;
            Threads ??= new TypedThreads(Math.Max(1, Environment.ProcessorCount / 2), SuppressInstrumentation);
            var typed = new TypedProcessor(
                signal, [.. run], Threads, _pool, _time, _loggerFactory.CreateLogger(Category),
                _services?.GetService<IServiceScopeFactory>());
            _typed.Add(typed);
            processors.Add(typed);
            run.Clear();
        }
    }

    /// <summary>
    /// As the SDK does for exporters, and for the same reason: the spans and log records that a step makes would come to the step again,
    /// and make others, without end.
    /// </summary>
    private static void SuppressInstrumentation() => SuppressInstrumentationScope.Enter();

    /// <summary>A step of the application's own; null for a built-in one.</summary>
    private TypedStep? CreateStep(ProcessorStep step) => step switch
    {
        ProcessorStep.User user => CreateStep(step.Name, user.Signal, user.Source, user.OptionsOver(_plan.Options.UserProcessors)),
        ProcessorStep.Loaded loaded => CreateStep(
            step.Name, loaded.Signal, TypedSource.Of(InstanceOf(loaded.FromFile)), _plan.Options.UserProcessors),
        _ => null,
    };

    private TypedStep CreateStep(string name, OtlpSignal signal, TypedSource source, TypedProcessorOptions options) => new(
        name, source, options, _metrics.AddProcessor(name, signal), _loggerFactory.CreateLogger($"Rotel.Processor.{name}"));

    /// <exception cref="RotelConfigurationException">The constructor in the file failed.</exception>
    private object InstanceOf(ProcessorFileStep step) =>
        step.Create(_services, out var problem) ?? throw new RotelConfigurationException([problem!]);

    private IPayloadProcessor? CreateBuiltIn(ConfiguredProcessor processor, OtlpSignal signal) => processor.Type.Create(
        processor.Options, signal, SetupOf(processor.Name, signal));

    private ProcessorSetup SetupOf(string name, OtlpSignal signal) => new(
        name, _pool, _time, _loggerFactory.CreateLogger($"Rotel.Processors.{name}"), _metrics.AddProcessor(name, signal));

    /// <summary>After the processors, and before them too where there are any.</summary>
    private void AddDebugLog(List<IPayloadProcessor> processors)
    {
        var logger = _loggerFactory.CreateLogger(DebugLogProcessor.Category);
        var detailed = _plan.Options.DebugLog.Verbosity == DebugLogVerbosity.Detailed;
        if (processors.Count > 0)
            processors.Insert(0, new DebugLogProcessor(logger, detailed, DebugLogStage.BeforeProcessing));
        processors.Add(new DebugLogProcessor(logger, detailed, processors.Count > 0 ? DebugLogStage.AfterProcessing : DebugLogStage.Only));
    }
}
