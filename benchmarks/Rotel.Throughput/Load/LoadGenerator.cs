using System.Diagnostics;

namespace Rotel.Throughput.Load;

/// <summary>Runs the load, again and again over the same connections: at a fixed rate, or as fast as the answers come.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(50);

    private readonly ILoadConnection[] _connections;
    private readonly int _streamsPerConnection;
    private readonly int _itemsPerRequest;
    private long _requests;

    public LoadGenerator(LoadOptions options)
        : this(Connect(options), options.StreamsPerConnection, options.ItemsPerRequest)
    {
    }

    /// <param name="connections">Owned by the generator from here.</param>
    public LoadGenerator(ILoadConnection[] connections, int streamsPerConnection, int itemsPerRequest)
    {
        _connections = connections;
        _streamsPerConnection = streamsPerConnection;
        _itemsPerRequest = itemsPerRequest;
    }

    /// <summary>
    /// Whether a latency counts from the moment the schedule handed the request out, not from the one it was due. The schedule's own
    /// lateness is then left out: its timer's, and that of a machine whose cores are all taken.
    /// </summary>
    public bool LeavesOutTimer { get; init; }

    /// <param name="duration">How long new requests are sent; answers under way are waited for.</param>
    /// <param name="itemsPerSecond">0 for as fast as the answers come.</param>
    public async Task<LoadReport> RunAsync(TimeSpan duration, double itemsPerSecond)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var schedule = itemsPerSecond > 0 ? LoadSchedule.Start(itemsPerSecond / _itemsPerRequest, start, end, LeavesOutTimer) : null;

        var streams = new List<LoadStream>();
        var running = new List<Task>();
        foreach (var connection in _connections)
        {
            for (var i = 0; i < _streamsPerConnection; i++)
            {
                var stream = new LoadStream();
                streams.Add(stream);
                running.Add(schedule is null
                    ? RunAtMaximumAsync(connection, stream, end)
                    : RunOnScheduleAsync(connection, stream, schedule, end));
            }
        }

        await Task.WhenAll(running);
        return Report(streams, Stopwatch.GetElapsedTime(start));
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private static ILoadConnection[] Connect(LoadOptions options)
    {
        var bodies = new RequestBodies(options);
        var topic = options.Transport == Transport.Kafka ? new KafkaTopicLoad(options) : null;
        var connections = new ILoadConnection[options.Connections];
        for (var i = 0; i < connections.Length; i++)
        {
            connections[i] = options.Transport switch
            {
                Transport.Kafka => new KafkaLoadConnection(topic!, bodies),
                Transport.Grpc => new GrpcLoadConnection(options, bodies),
                _ => new HttpLoadConnection(options, bodies),
            };
        }

        return connections;
    }

    private async Task RunAtMaximumAsync(ILoadConnection connection, LoadStream stream, long end)
    {
        for (var now = Stopwatch.GetTimestamp(); now < end; now = Stopwatch.GetTimestamp())
            await SendAsync(connection, stream, now);
    }

    private async Task RunOnScheduleAsync(ILoadConnection connection, LoadStream stream, LoadSchedule schedule, long end)
    {
        await foreach (var due in schedule.Due.ReadAllAsync())
        {
            if (Stopwatch.GetTimestamp() < end)
            {
                await SendAsync(connection, stream, due);
                continue;
            }

            // Its turn never came: it waited at least until now.
            stream.Unsent++;
            stream.Latencies.Record(due, end);
        }
    }

    private async Task SendAsync(ILoadConnection connection, LoadStream stream, long due)
    {
        var request = Interlocked.Increment(ref _requests);
        using var timeout = new CancellationTokenSource(RequestTimeout);
        SendOutcome outcome;
        try
        {
            outcome = await connection.SendAsync(request, timeout.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            outcome = SendOutcome.Unanswered;
        }

        stream.Latencies.Record(due, Stopwatch.GetTimestamp());
        switch (outcome)
        {
            case SendOutcome.Accepted:
                stream.AcceptedItems += _itemsPerRequest;
                return;
            case SendOutcome.Refused:
                stream.Refused++;
                break;
            default:
                stream.Unanswered++;
                break;
        }

        await Task.Delay(PauseAfterRefusal);
    }

    private static LoadReport Report(List<LoadStream> streams, TimeSpan elapsed)
    {
        var latencies = new LatencyHistogram();
        foreach (var stream in streams)
            latencies.Add(stream.Latencies);
        return new LoadReport(
            (long)elapsed.TotalMicroseconds,
            streams.Sum(stream => stream.AcceptedItems),
            streams.Sum(stream => stream.Refused),
            streams.Sum(stream => stream.Unanswered),
            streams.Sum(stream => stream.Unsent),
            latencies.PercentileMicroseconds(0.50),
            latencies.PercentileMicroseconds(0.99),
            latencies.MaxMicroseconds);
    }

    /// <summary>What one request at a time has seen; only its own task writes it.</summary>
    private sealed class LoadStream
    {
        public LatencyHistogram Latencies { get; } = new();

        public long AcceptedItems { get; set; }

        public long Refused { get; set; }

        public long Unanswered { get; set; }

        public long Unsent { get; set; }
    }
}
