using OpenTelemetry;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Sharing;

/// <summary>
/// The two ways that what this process takes in can go, after the same processors: to its own exporters while it holds the shared agent,
/// else to who does. And the way in for what others hand over. It starts with the second, in which everything waits until a holder is found.
/// </summary>
internal sealed class SharedRoutes
{
    /// <summary>Posts to the holder at the same time, for each signal.</summary>
    private const int MaxConcurrentRequests = 64;

    /// <summary>None: what waits for a delivery ends with it, or with the connection; a second try would be a second copy.</summary>
    private static readonly TimeSpan RequestTimeout = Timeout.InfiniteTimeSpan;

    /// <summary>Each payload by itself, at once: the holder makes the batches.</summary>
    private static readonly BatchLimits Unbatched = new(int.MaxValue, int.MaxValue, TimeSpan.Zero);

    /// <summary>Without end: a follower never gives up what it took in, and holders change within a second.</summary>
    private static readonly RetrySchedule Retry = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeSpan.Zero);

    private readonly LocalIntakes _intakes;
    private readonly Pipeline?[] _local;
    private readonly Pipeline?[] _forward;
    private readonly Lock _lock = new();
    private bool _isLocal;
    private ForwardRoute? _former;

    /// <param name="pipelines">To this process's own exporters.</param>
    /// <param name="intakes">Of what is the process's own.</param>
    /// <param name="factory">For the way in.</param>
    /// <param name="createQueue">Makes the queue of a signal for the exporter it is given.</param>
    /// <param name="time">The clock.</param>
    public SharedRoutes(
        Pipeline?[] pipelines,
        LocalIntakes intakes,
        IntakeFactory factory,
        Func<OtlpSignal, IExporter, ExporterQueue> createQueue,
        TimeProvider time)
    {
        _intakes = intakes;
        _local = pipelines;
        Intakes = new SharedIntakes(factory, pipelines);
        Exporter = new ForwardExporter(time);
        var queues = new List<ExporterQueue>(pipelines.Length);
        _forward = new Pipeline?[pipelines.Length];
        foreach (var pipeline in pipelines.OfType<Pipeline>())
        {
            var queue = createQueue(pipeline.Signal, Exporter);
            queues.Add(queue);
            _forward[(int)pipeline.Signal] = pipeline.WithQueue(queue);
        }

        Queues = queues;
        intakes.Redirect(_forward);
    }

    /// <summary>Whether all goes to this process's own exporters.</summary>
    public bool IsLocal
    {
        get
        {
            lock (_lock)
                return _isLocal;
        }
    }

    public SharedIntakes Intakes { get; }

    public ForwardExporter Exporter { get; }

    /// <summary>One for each signal that has an exporter.</summary>
    public IReadOnlyList<ExporterQueue> Queues { get; }

    /// <summary>Of a queue that may hold so many bytes.</summary>
    public static ExporterQueueSettings QueueSettings(long maxBytes) => new(
        ForwardExporter.Name, maxBytes, OverflowPolicy.Block, Unbatched, Retry, RequestTimeout, MaxConcurrentRequests)
    {
        SuppressInstrumentation = static () => SuppressInstrumentationScope.Begin(),
    };

    /// <summary>To this process's own exporters from now on and for good, with all that still waits to be handed over.</summary>
    /// <param name="cuts">Whether attempts under way to a holder are cut off and made here, which may deliver them twice.</param>
    public void GoLocal(bool cuts = false)
    {
        lock (_lock)
        {
            if (!_isLocal)
            {
                _isLocal = true;
                _former = Exporter.Route;
                _intakes.Redirect(_local);
                Exporter.SendTo(new LocalTarget(Intakes));
            }

            if (cuts)
                _former?.Leave(cuts: true);
        }
    }

    /// <summary>To a holder; null to wait for the next.</summary>
    public ForwardRoute? GoTo(IForwardTarget? holder) => Exporter.SendTo(holder);
}
