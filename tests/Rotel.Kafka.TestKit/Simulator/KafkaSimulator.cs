using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Rotel.TestKit;

namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>
/// Kafka brokers in this process, one thread for all of them, listening on loopback: librdkafka's own simulator, which speaks the real
/// protocol and injects faults. Everything is in memory and gone when it is disposed. Its limits, which a test must keep to:
/// <list type="bullet">
/// <item>A partition keeps its last 5 MiB, as sent (compressed), and drops older batches silently: stay below 4 MiB of unread records, and
/// <see cref="AssertNothingEvicted"/> at the end.</item>
/// <item>A fetch answers with one batch for each partition; one that finds nothing is held for the whole <c>fetch.wait.max.ms</c>, whatever
/// is produced in the meantime. Set that to some milliseconds.</item>
/// <item>Leaders do not move by themselves: not when a broker is down, nor when it is up again. The first one is random;
/// <see cref="SetLeader"/> decides from then on.</item>
/// <item>Duplicates of an idempotent producer are not recognised: a batch whose answer was lost is there twice.</item>
/// <item>With <c>group.protocol=classic</c> every rebalance but a group's first takes the group's <c>session.timeout.ms</c> less one
/// second: set that to 2000, and <c>heartbeat.interval.ms</c> to 100, by which the members get to know of it. With 1000 and less a
/// rebalance takes all of it, and a member may be dropped while it waits, without ever being answered. All members must have the same
/// strategies, else the process is aborted.</item>
/// <item>Nothing is checked: no size of records, no authentication, no checksum, no offset by time, no isolation.</item>
/// </list>
/// Methods may be called from any thread.
/// </summary>
public sealed unsafe class KafkaSimulator : IDisposable
{
    /// <summary>For methods that take a broker: all of them.</summary>
    public const int AllBrokers = -1;

    private readonly SimulatorLog _log = new();
    private readonly GCHandle _self;
    private readonly nint _client;
    private nint _cluster;

    private KafkaSimulator(int brokers, bool observed)
    {
        _self = GCHandle.Alloc(_log);
        const int ErrorLength = 512;
        var error = stackalloc byte[ErrorLength];
        var configuration = MockLibrary.NewConfiguration();
        MockLibrary.SetOpaque(configuration, GCHandle.ToIntPtr(_self));
        MockLibrary.SetLog(configuration, &OnLine);
        if (observed && MockLibrary.Set(configuration, "debug", "mock", error, ErrorLength) != 0)
            throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)error));

        // It has no brokers of its own to connect to, and is only there because the simulator wants a client.
        _client = MockLibrary.NewClient(0, configuration, error, ErrorLength);
        if (_client == 0)
            throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)error));

        _cluster = MockLibrary.NewCluster(_client, brokers);
        if (_cluster == 0)
            throw new InvalidOperationException($"librdkafka's simulator does not start with {brokers} brokers.");

        Bootstraps = Marshal.PtrToStringUTF8((nint)MockLibrary.Bootstraps(_cluster))!;
        Brokers = brokers;
        MockLibrary.SetRebalanceDelay(_cluster, 0);

        // From version 6 on a commit names the epoch of its record's leader. Brokers keep that; the simulator refuses earlier ones.
        SetHighestVersion(KafkaApi.OffsetCommit, 5);
    }

    /// <summary>The brokers' addresses, for <c>bootstrap.servers</c>.</summary>
    public string Bootstraps { get; }

    /// <summary>How many brokers; their ids are 1 to this.</summary>
    public int Brokers { get; }

    /// <summary>Pulsed whenever a request has come, a batch was added or an offset committed.</summary>
    public ChangeSignal Changes => _log.Changes;

    /// <summary>All offsets that were committed, oldest first: a later one may be smaller.</summary>
    public IReadOnlyCollection<ObservedCommit> Commits => _log.Commits;

    /// <summary>
    /// Called with each offset as it is committed, before whoever committed it is answered: brokers wait for it, and what it sees of the
    /// rest of the world is what there was when the offset was committed, or a little more.
    /// </summary>
    public Action<ObservedCommit>? OnCommit
    {
        get => _log.OnCommit;
        set => _log.OnCommit = value;
    }

    /// <summary>All batches of records that were added, oldest first.</summary>
    public IReadOnlyCollection<ObservedAppend> Appends => _log.Appends;

    /// <summary>The simulator's last lines of log, for the message of a test that fails.</summary>
    public IReadOnlyCollection<string> LastLines => _log.Lines;

    /// <summary>Starts one. A producer that names a topic makes it, of four partitions, unless <see cref="CreateTopic"/> did.</summary>
    /// <param name="brokers">1 to this are the brokers' ids.</param>
    /// <param name="observed">
    /// Whether requests, commits and appends are recorded. False for benchmarks: recording costs some microseconds per request, and memory.
    /// </param>
    public static KafkaSimulator Start(int brokers = 1, bool observed = true) => new(brokers, observed);

    /// <summary>Makes a topic.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="replication">On how many brokers each lies, of which one chosen at random leads.</param>
    public void CreateTopic(string name, int partitions = 1, int replication = 1) =>
        Check(MockLibrary.CreateTopic(Cluster, name, partitions, replication), $"create topic {name}");

    /// <summary>
    /// Answers requests about a topic with an error, such as <see cref="ErrorCode.UnknownTopicOrPart"/> or
    /// <see cref="ErrorCode.TopicAuthorizationFailed"/>, until it is <see cref="ErrorCode.NoError"/>. The only way to have a topic that is
    /// not there: otherwise a producer that names it makes it. Only metadata requests look at it: producing goes on with what is known.
    /// </summary>
    public void SetTopicError(string topic, ErrorCode error) => MockLibrary.SetTopicError(Cluster, topic, error);

    /// <summary>
    /// Closes the connections of a broker, or of <see cref="AllBrokers"/>, and takes no new ones. Its partitions keep it as leader.
    /// </summary>
    public void SetDown(int broker = AllBrokers) => Check(MockLibrary.SetDown(Cluster, broker), $"set broker {broker} down");

    /// <summary>Lets a broker, or <see cref="AllBrokers"/>, take connections again, with the records it had.</summary>
    public void SetUp(int broker = AllBrokers) => Check(MockLibrary.SetUp(Cluster, broker), $"set broker {broker} up");

    /// <summary>
    /// Makes a broker the leader of a partition. No record is lost. There is no taking it away: librdkafka 2.16 crashes the process when it
    /// is asked to produce to a partition without a leader.
    /// </summary>
    public void SetLeader(string topic, int partition, int broker)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(broker, 1);
        Check(MockLibrary.SetLeader(Cluster, topic, partition, broker), $"make broker {broker} the leader of {topic} [{partition}]");
    }

    /// <summary>
    /// Lets the next requests of a kind fail, one for each error, in this order, on whichever broker. What fails has no effect.
    /// <see cref="ErrorCode.Local_Transport"/> closes the connection instead of answering; <see cref="ErrorCode.NoError"/> lets one pass.
    /// </summary>
    public void PushRequestErrors(KafkaApi api, params ReadOnlySpan<ErrorCode> errors)
    {
        fixed (ErrorCode* first = errors)
            MockLibrary.PushErrors(Cluster, (short)api, (nuint)errors.Length, first);
    }

    /// <summary>Lets requests of a kind succeed again.</summary>
    public void ClearRequestErrors(KafkaApi api) => MockLibrary.ClearErrors(Cluster, (short)api);

    /// <summary>
    /// As <see cref="PushRequestErrors"/> for one broker, with a delay for each answer. <see cref="ErrorCode.NoError"/> with a delay is a
    /// request that has its effect at once and is answered late: with a delay longer than the client waits, its answer is lost.
    /// </summary>
    public void PushErrorRtts(int broker, KafkaApi api, params ReadOnlySpan<(ErrorCode Error, TimeSpan Delay)> answers)
    {
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            throw new PlatformNotSupportedException("On Apple's ARM64 .NET calls no C function that takes any number of arguments.");

        foreach (var (error, delay) in answers)
        {
            Check(
                MockLibrary.PushErrorAndRoundTrip(Cluster, broker, (short)api, 1, (int)error, (int)delay.TotalMilliseconds),
                $"push an answer onto broker {broker}");
        }
    }

    /// <summary>Delays every answer of a broker, or of <see cref="AllBrokers"/>.</summary>
    public void SetRtt(int broker, TimeSpan delay) =>
        Check(MockLibrary.SetRoundTrip(Cluster, broker, (int)delay.TotalMilliseconds), $"delay broker {broker}");

    /// <summary>Makes a broker the coordinator of a consumer group. Without it a hash of the name decides.</summary>
    public void SetCoordinator(string group, int broker) =>
        Check(MockLibrary.SetCoordinator(Cluster, "group", group, broker), $"make broker {broker} the coordinator of {group}");

    /// <summary>Offers versions of a request up to a highest one only, for clients that do not get along with a later one.</summary>
    public void SetHighestVersion(KafkaApi api, short highest, short lowest = 0) =>
        Check(MockLibrary.SetApiVersion(Cluster, (short)api, lowest, highest), $"limit {api} to version {highest}");

    /// <summary>How long a group's first rebalance waits for further members; 0 unless set. With <c>group.protocol=classic</c>.</summary>
    public void SetRebalanceDelay(TimeSpan delay) => MockLibrary.SetRebalanceDelay(Cluster, (int)delay.TotalMilliseconds);

    /// <summary>With <c>group.protocol=consumer</c> the brokers decide after which silence a member is gone, how often it speaks.</summary>
    public void SetGroupTimes(TimeSpan session, TimeSpan heartbeat)
    {
        MockLibrary.SetGroupSession(Cluster, (int)session.TotalMilliseconds);
        MockLibrary.SetGroupHeartbeat(Cluster, (int)heartbeat.TotalMilliseconds);
    }

    /// <summary>How many requests of a kind have come, on one broker or on all.</summary>
    public int RequestsOf(KafkaApi api, int? broker = null) => _log.RequestsOf(api, broker);

    /// <summary>Waits until some requests of a kind have come since the start.</summary>
    public Task RequestsAsync(KafkaApi api, int count, CancellationToken cancellation) => Watchdog.UntilAsync(
        Changes, () => RequestsOf(api) >= count, () => $"{count} {api} requests, only {RequestsOf(api)}", cancellation);

    /// <summary>Waits until a group has committed this offset of a partition, or a later one.</summary>
    public Task CommittedAsync(string group, string topic, int partition, long offset, CancellationToken cancellation)
    {
        return Watchdog.UntilAsync(
            Changes,
            () => Offsets().Any(committed => committed >= offset),
            () => $"{group} committing {offset} of {topic} [{partition}], only [{string.Join(", ", Offsets())}]",
            cancellation);

        IEnumerable<long> Offsets() => Commits
            .Where(commit => commit.Group == group && commit.Topic == topic && commit.Partition == partition)
            .Select(commit => commit.Offset);
    }

    /// <summary>
    /// Fails when a partition of the topic no longer has its first record: the test has written more than a simulated partition keeps, and
    /// what it found missing proves nothing.
    /// </summary>
    public void AssertNothingEvicted(string topic)
    {
        using var probe = new KafkaProbe(Bootstraps);
        foreach (var (partition, watermarks) in probe.Watermarks(topic))
        {
            if (watermarks.Low != 0)
            {
                throw new InvalidOperationException(
                    $"{topic} [{partition}] begins at {watermarks.Low}: the test wrote more than the 5 MiB that a simulated one keeps.");
            }
        }
    }

    public void Dispose()
    {
        var cluster = Interlocked.Exchange(ref _cluster, 0);
        if (cluster == 0)
            return;
        MockLibrary.DestroyCluster(cluster);
        MockLibrary.DestroyClient(_client);
        // No line is written any more: the client waits for its threads.
        _self.Free();
    }

    private nint Cluster
    {
        get
        {
            var cluster = Volatile.Read(ref _cluster);
            ObjectDisposedException.ThrowIf(cluster == 0, this);
            return cluster;
        }
    }

    private static void Check(ErrorCode code, string what)
    {
        if (code != ErrorCode.NoError)
            throw new InvalidOperationException($"The simulator cannot {what}: {new Error(code)}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLine(nint client, int level, byte* facility, byte* line)
    {
        // The first lines come while the client is being made, when it has no opaque yet.
        if (client != 0 && MockLibrary.Opaque(client) is var self and not 0 && GCHandle.FromIntPtr(self).Target is SimulatorLog log)
            log.Add(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line)));
    }
}
