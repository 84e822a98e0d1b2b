using Rotel.Diagnostics;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// APM statistics of one exporter: spans come in through <see cref="Add"/>, and every ten seconds what they came to goes out. There is a
/// timer only while a bucket is open. The owner flushes before it disposes, so that what the last buckets hold is not lost.
/// </summary>
internal sealed class DatadogStatistics : IStatisticsSink, IDatadogReporter
{
    /// <summary>
    /// The longest a timer is set for: should the clock be set back, buckets must not wait for the old time to come again.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly ExporterContext _context;
    private readonly DatadogClient _client;
    private readonly StatisticsLimits _limits;
    private readonly StatsConcentrator _concentrator;
    private readonly StatsPayloadWriter _writer;
    private readonly StatisticsSender _sender;
    private readonly OncePerInterval _blockedLines;
    private readonly TimeSpan _delay;
    private readonly ITimer _timer;

    /// <summary>Buckets are closed one after another, and sent in that order.</summary>
    private readonly Lock _closing = new();

    private long _blockedSpans;

    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    /// <param name="client">The exporter's.</param>
    /// <param name="host">The name of this host; stands for the agent's.</param>
    /// <param name="environment">Of telemetry whose resource names none.</param>
    /// <param name="version">Stands for the agent's version.</param>
    /// <param name="limits">Unset, the usual ones.</param>
    /// <param name="second">
    /// The second within its ten that this process's buckets are sent with, and how much later than due they go out, so that not all
    /// processes send at once. Unset, random.
    /// </param>
    public DatadogStatistics(
        DatadogExporterOptions options,
        ExporterContext context,
        DatadogClient client,
        byte[] host,
        byte[] environment,
        byte[] version,
        StatisticsLimits? limits = null,
        int? second = null)
    {
        _context = context;
        _client = client;
        _limits = limits ?? new StatisticsLimits();
        var own = second ?? Random.Shared.Next(10);
        _delay = TimeSpan.FromSeconds(own / 2.0);
        _concentrator = new StatsConcentrator(
            context.Time, context.Pool.Budget, _limits, Unknown(host, environment), context.Workers.Count, own, SetTimer);
        _writer = new StatsPayloadWriter(host, environment, version, _limits);
        _sender = new StatisticsSender(client, options, context, _limits);
        _blockedLines = new OncePerInterval(context.Time);
        _timer = context.Time.CreateTimer(
            static state => ((DatadogStatistics)state!).Post(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Spans whose statistics were given up.</summary>
    public long LostSpans => _sender.LostSpans;

    public void Add(in SpanStatistics span) => _concentrator.Add(span);

    /// <summary>
    /// Sends what all buckets hold, also those that are not over, and returns when the intake has it, or it is given up. Spans that come
    /// later for the same seconds are sent in a bucket of their own.
    /// </summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _context.Workers.RunAsync(() => Send(isForced: true)).WaitAsync(cancellationToken).ConfigureAwait(false);
        await _sender.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives up what was not flushed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _sender.DisposeAsync().ConfigureAwait(false);

        // The sender is stopped: it counts and logs them.
        Send(isForced: true);
        _sender.LogLosses();
    }

    private static DatadogResource Unknown(byte[] host, byte[] environment) => new()
    {
        Service = [],
        Environment = environment,
        Version = [],
        Host = host,
        ContainerId = [],
        ContainerTags = [],
        ContainerTagList = [],
        LogTagList = [],
        SpanService = [],
        Tags = [],
        Language = [],
        TracerVersion = [],
    };

    private void Post() => _context.Workers.Post(() => Send(isForced: false));

    /// <summary>Sets the timer for the next bucket that is due, or stops it; the last that looks sees what all before did.</summary>
    private void SetTimer()
    {
        lock (_timer)
        {
            var wait = Timeout.InfiniteTimeSpan;
            if (_concentrator.NextDue is { } due)
            {
                wait = due - _context.Time.GetUtcNow() + _delay;
                wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
            }

            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Closes buckets and hands what they come to to the sender; returns how many payloads.</summary>
    private int Send(bool isForced)
    {
        var payloads = 0;
        lock (_closing)
        {
            var groups = _concentrator.Close(isForced);
            if (groups.Count > 0)
            {
                payloads = Send(groups);
                _concentrator.Release(groups);
            }
        }

        SetTimer();
        LogBlocked();
        return payloads;
    }

    private int Send(List<ClosedGroup> groups)
    {
        using var body = new PooledBytes(_context.Pool);
        var cuts = _writer.Cut(groups);
        var all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(groups);
        for (var i = 1; i < cuts.Count; i++)
        {
            var part = all[cuts[i - 1]..cuts[i]];
            body.Clear();
            _writer.Write(body, part, isSplit: cuts.Count > 2);
            long spans = 0;
            foreach (ref readonly var group in part)
                spans += group.Group.Spans;
            _sender.Enqueue(new StatisticsPayload(_client.Compress(DatadogIntake.Stats, body.Memory), body.Length, spans));
        }

        return cuts.Count - 1;
    }

    private void LogBlocked()
    {
        if (_concentrator.TakeBlockedSpans() is var spans and > 0)
        {
            Interlocked.Add(ref _blockedSpans, spans);
            if (_blockedLines.TryTake(out _))
                _context.Logger.StatisticsBlocked(_context.Name, Interlocked.Exchange(ref _blockedSpans, 0), _limits.MaxGroups);
        }
    }
}
