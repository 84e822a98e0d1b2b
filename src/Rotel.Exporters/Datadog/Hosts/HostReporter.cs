using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Rotel.Diagnostics;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Otlp.Readers;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>
/// Describes hosts to Datadog so that its host list shows them: each when telemetry of it first comes, five minutes after something new was
/// learned of it, and every half hour while telemetry comes. There is no timer: what is due is sent when the host is seen again, or at a
/// flush. What fails is tried again later; nothing waits for it. Safe for concurrent use.
/// </summary>
internal sealed class HostReporter : IDatadogReporter
{
    /// <summary>Hosts described at once; what is seen of more is not.</summary>
    public const int MaxHosts = 2000;

    /// <summary>How often a host is described that goes on sending telemetry: as often as the agent does.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    /// <summary>How soon after a description the next one may tell what is new.</summary>
    public static readonly TimeSpan NewsInterval = TimeSpan.FromMinutes(5);

    /// <summary>The least wait for the next try of any host after one that failed.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private const int HostOverhead = 1024;

    /// <summary>Which part of the budget all that is known of hosts may take, so that senders who make hosts up take no more.</summary>
    private const int MaxShare = 32;

    private readonly DatadogClient _client;
    private readonly DatadogExporterOptions _options;
    private readonly ExporterContext _context;
    private readonly UInt128 _ownHost;
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, SeenHost> _hosts = [];
    private readonly Queue<SeenHost> _queue = new();

    /// <summary>The lesson each resource was part of, so that none is read again. It must not keep them: they are the catalog's.</summary>
    private readonly ConditionalWeakTable<DatadogResource, object> _learned = new();

    private readonly CancellationTokenSource _stop = new();
    private readonly OncePerInterval _failureLines;
    private TaskCompletionSource? _drained;
    private readonly long _maxBytes;
    private long _bytes;
    private long _pausedUntil;
    private long _lastPrune;
    private bool _isSending;
    private bool _isStopped;
    private bool _saidTooMany;

    /// <param name="client">Stays the caller's.</param>
    /// <param name="options">Of the exporter.</param>
    /// <param name="context">What the exporter works with.</param>
    /// <param name="ownHost">The name of this machine, by which telemetry goes that names no host.</param>
    public HostReporter(DatadogClient client, DatadogExporterOptions options, ExporterContext context, ReadOnlySpan<byte> ownHost)
    {
        _client = client;
        _options = options;
        _context = context;
        _maxBytes = context.Pool.Budget.Limit / MaxShare;
        _ownHost = XxHash128.HashToUInt128(ownHost);
        _failureLines = new OncePerInterval(context.Time);
        _pausedUntil = _lastPrune = context.Time.GetTimestamp();
    }

    /// <summary>Hosts known now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _hosts.Count;
        }
    }

    /// <summary>
    /// Notes that telemetry of a resource came: once per resource of a request. Cheap where there is nothing new. A resource without a
    /// host, as on AWS Fargate, or with <c>datadog.host.use_as_metadata</c> false describes none.
    /// </summary>
    /// <param name="resource">What <see cref="ResourceCatalog"/> made of it.</param>
    /// <param name="reader">The resource itself.</param>
    public void Seen(DatadogResource resource, ResourceReader reader)
    {
        if (!_options.HostMetadata || resource.Host.Length == 0)
            return;

        var key = XxHash128.HashToUInt128(resource.Host);
        lock (_lock)
        {
            if (_isStopped)
                return;
            var now = _context.Time.GetTimestamp();
            if (!_hosts.TryGetValue(key, out var host) && (host = Begin(key, resource, now)) is null)
                return;
            host.LastSeen = now;
            if (!_learned.TryGetValue(resource, out var lesson) || lesson != host.Lesson)
                Learn(host, resource, reader, now);
            if (now >= host.Due && now >= _pausedUntil)
                Enqueue(host);
        }
    }

    /// <summary>Describes what is due and was not described yet, one try each.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_lock)
        {
            if (_isStopped)
                return;
            var now = _context.Time.GetTimestamp();
            foreach (var host in _hosts.Values)
            {
                if (now >= host.Due)
                    Enqueue(host);
            }

            if (!_isSending)
                return;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        await drained.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the request that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Task drained;
        lock (_lock)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            _queue.Clear();
            foreach (var host in _hosts.Values)
                Charge(host, 0);
            _hosts.Clear();
            drained = Task.CompletedTask;
            if (_isSending)
            {
                _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                drained = _drained.Task;
            }
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await drained.ConfigureAwait(false);
        _stop.Dispose();
    }

    private SeenHost? Begin(UInt128 key, DatadogResource resource, long now)
    {
        if (!HasRoom())
            Prune(now);
        if (!HasRoom())
        {
            if (!_saidTooMany)
                _context.Logger.TooManyHosts(_context.Name, _hosts.Count);
            _saidTooMany = true;
            return null;
        }

        var host = new SeenHost(Encoding.UTF8.GetString(resource.Host)) { Due = now, Aged = now };
        _hosts.Add(key, host);
        Charge(host, HostOverhead);
        if (key == _ownHost)
            ThisMachine.Describe(host.Facts);
        return host;

        bool HasRoom() => _hosts.Count < MaxHosts && _bytes < _maxBytes;
    }

    /// <summary>Forgets hosts of which nothing came for two intervals. Looks through all, so not often.</summary>
    private void Prune(long now)
    {
        if (_context.Time.GetElapsedTime(_lastPrune, now) < Pause)
            return;
        _lastPrune = now;
        foreach (var (key, host) in _hosts)
        {
            if (host.IsQueued || _context.Time.GetElapsedTime(host.LastSeen, now) < 2 * Interval)
                continue;
            Charge(host, 0);
            _hosts.Remove(key);
        }
    }

    private void Learn(SeenHost host, DatadogResource resource, ResourceReader reader, long now)
    {
        _learned.AddOrUpdate(resource, host.Lesson);
        if (HostFacts.IsUnwanted(reader))
            return;

        host.IsWanted = true;
        if (_bytes >= _maxBytes)
            return;
        var environment = Encoding.UTF8.GetString(resource.Environment);
        var isNew = host.Facts.Add(reader, environment == "none" ? "" : environment);
        foreach (var (name, value) in _options.Tags)
            isNew |= host.Facts.AddTag($"{name}:{value}");
        Charge(host, HostOverhead + host.Facts.Bytes);
        if (!isNew || host.HasNews)
            return;
        host.HasNews = true;
        if (!host.IsQueued)
            host.Due = Math.Min(host.Due, After(now, NewsInterval));
    }

    private void Enqueue(SeenHost host)
    {
        if (host.IsQueued || !host.IsWanted)
            return;
        host.IsQueued = true;
        _queue.Enqueue(host);
        if (_isSending)
            return;
        _isSending = true;
        _context.Workers.Post(() => _ = SendAllAsync());
    }

    private async Task SendAllAsync()
    {
        while (Next(out var host) is { } body)
        {
            var answer = await AttemptAsync(body).ConfigureAwait(false);
            Settle(host, answer);
        }
    }

    /// <summary>What is to be sent now; null when there is nothing, and then nobody is sending.</summary>
    private ReadOnlyMemory<byte>? Next(out SeenHost host)
    {
        lock (_lock)
        {
            if (_isStopped || !_queue.TryDequeue(out host!))
            {
                host = null!;
                _isSending = false;
                _drained?.SetResult();
                _drained = null;
                return null;
            }

            host.HasNews = false;
            return HostPayload.Write(host.Facts);
        }
    }

    private async Task<DatadogAnswer> AttemptAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var timeout = new CancellationTokenSource(_options.RequestTimeout, _context.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            using var compressed = _client.Compress(DatadogIntake.HostMetadata, body);
            return await _client.SendAsync(DatadogIntake.HostMetadata, compressed, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // This may well be the thread of timers; what follows writes to the host's log.
            await _context.Workers.SwitchAsync();
            return new(DatadogAnswerKind.Retry, $"no answer within {_options.RequestTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception)
        {
            // A defect, which would come again with every try; it must not end the sending of what comes after.
            return new(DatadogAnswerKind.Rejected, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Settle(SeenHost host, in DatadogAnswer answer)
    {
        TimeSpan wait;
        lock (_lock)
        {
            if (_isStopped)
                return;
            var now = _context.Time.GetTimestamp();
            host.IsQueued = false;
            wait = host.HasNews ? NewsInterval : Interval;
            if (answer.Kind == DatadogAnswerKind.Retry)
            {
                // Others would fare no better; all stay due.
                wait = answer.RetryAfter is { } asked && asked > Pause ? asked : Pause;
                _pausedUntil = After(now, wait);
                while (_queue.TryDequeue(out var other))
                    other.IsQueued = false;
            }
            else
            {
                host.Due = After(now, wait);
                if (_context.Time.GetElapsedTime(host.Aged, now) >= Interval)
                {
                    host.Age();
                    Charge(host, HostOverhead + host.Facts.Bytes);
                    host.Aged = now;
                }
            }
        }

        // A key that is refused is told of by the client.
        if (!answer.IsDelivered && _client.Problem is null && _failureLines.TryTake(out _))
            _context.Logger.HostNotDescribed(_context.Name, wait.TotalMinutes, answer.Message ?? "no answer");
    }

    private long After(long now, TimeSpan wait) => now + (long)(wait.TotalSeconds * _context.Time.TimestampFrequency);

    private void Charge(SeenHost host, long bytes)
    {
        if (bytes > host.Charge)
            _context.Pool.Budget.ReserveOverdraft(bytes - host.Charge);
        else if (bytes < host.Charge)
            _context.Pool.Budget.Release(host.Charge - bytes);
        _bytes += bytes - host.Charge;
        host.Charge = bytes;
    }
}
