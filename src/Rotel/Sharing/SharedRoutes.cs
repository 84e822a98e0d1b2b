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

    /// <summary>Longer than any holder takes: a post that waits for a delivery ends with it, or with the connection.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Each payload by itself, at once: the holder makes the batches.</summary>
    private static readonly BatchLimits Unbatched = new(int.MaxValue, int.MaxValue, TimeSpan.Zero);

    /// <summary>Without end: a follower never gives up what it took in, and holders change within a second.</summary>
    private static readonly RetrySchedule Retry = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeSpan.Zero);

    private readonly LocalIntakes _intakes;
    private readonly Pipeline?[] _local;
    private readonly Pipeline?[] _forward;
    private bool _isLocal;

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
    /// <param name="cuts">As in <see cref="ForwardExporter.SendTo"/>.</param>
    public void GoLocal(bool cuts = false)
    {
        if (Interlocked.Exchange(ref _isLocal, true))
            return;
        _intakes.Redirect(_local);
        Exporter.SendTo(new LocalTarget(Intakes), cuts);
    }

    /// <summary>To a holder; null to wait for the next.</summary>
    public ForwardRoute? GoTo(IForwardTarget? holder) => Exporter.SendTo(holder);
}
