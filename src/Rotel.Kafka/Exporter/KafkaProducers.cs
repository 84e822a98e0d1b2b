using Confluent.Kafka;
using Rotel.Kafka.Connection;
using Rotel.Pipelines;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// The clients of one exporter: made when they are first needed, so that nothing connects before there is something to send; replaced when
/// one is broken, without idempotence where brokers refused that and nobody asked for it; ended on threads of their own, for that blocks.
/// </summary>
internal sealed class KafkaProducers : IAsyncDisposable
{
    /// <summary>How long shutdown waits for clients to end; they go on to end without it.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly KafkaExporterOptions _options;
    private readonly ExporterContext _context;
    private readonly List<KafkaProducer> _broken = [];
    private readonly List<Task> _ends = [];
    private KafkaProducer? _shared;
    private KafkaProducer? _oneByOne;
    private bool _withoutIdempotence;
    private bool _closed;

    public KafkaProducers(KafkaExporterOptions options, ExporterContext context)
    {
        _options = options;
        _context = context;
        var properties = ProducerProperties.Of(options, context.Pool.Budget.Limit);
        Log = new KafkaClientLog($"Exporter '{context.Name}'", properties, context.Logger, context.Time);
    }

    public KafkaClientLog Log { get; }

    /// <summary>The client to use now; null, with the reason, when none can be made.</summary>
    /// <param name="oneByOne">Whether each record is to be a batch by itself.</param>
    /// <param name="problem">Why there is none, without secrets.</param>
    public KafkaProducer? TryGet(bool oneByOne, out string? problem)
    {
        lock (_lock)
        {
            ref var producer = ref oneByOne ? ref _oneByOne : ref _shared;
            EndBroken(ref producer);
            problem = _closed ? "the exporter has ended" : null;
            if (_closed || producer is not null)
                return _closed ? null : producer;
            try
            {
                var properties = ProducerProperties.Of(_options, _context.Pool.Budget.Limit, oneByOne, _withoutIdempotence);
                return producer = new KafkaProducer(properties, _options.Security, Log, _context.Pool.Budget);
            }
            catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
            {
                // What was right at start, as files are, need not be right any more.
                problem = $"no client could be made: {Log.Clean(exception.Message)}";
                return null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task ends;
        lock (_lock)
        {
            _closed = true;
            foreach (var producer in _broken.Append(_shared).Append(_oneByOne).OfType<KafkaProducer>())
                End(producer);
            _broken.Clear();
            (_shared, _oneByOne) = (null, null);
            ends = Task.WhenAll(_ends);
        }

        await ends.WaitAsync(EndTimeout, _context.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A broken client is ended once it has reported on all it has. Under the lock.</summary>
    private void EndBroken(ref KafkaProducer? producer)
    {
        if (producer is { IsBroken: true })
        {
            if (producer.IsRefusedIdempotence && !_withoutIdempotence && ProducerProperties.IsIdempotentUnasked(_options))
            {
                _withoutIdempotence = true;
                _context.Logger.WithoutIdempotence(_context.Name);
            }

            _broken.Add(producer);
            producer = null;
        }

        if (_broken.Count == 0)
            return;
        foreach (var reported in _broken.Where(broken => !broken.HasOutstanding).ToArray())
        {
            _broken.Remove(reported);
            End(reported);
        }

        _ends.RemoveAll(end => end.IsCompleted);
    }

    private void End(KafkaProducer producer)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                producer.Close();
            }
            catch (Exception exception)
            {
                // Whatever it is, an exception on this thread would end the host.
                _context.Logger.ClientNotEnded(_context.Name, exception);
            }

            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = $"Rotel.Kafka end {_context.Name}",
        };
        thread.Start();
        _ends.Add(ended.Task);
    }
}
