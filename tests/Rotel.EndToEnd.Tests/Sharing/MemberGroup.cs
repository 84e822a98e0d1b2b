using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// Processes that share a Rotel: one file, one backend, and the same ports for all, which nobody else can get while the group is there, so
/// that a second listener among them would fail.
/// </summary>
internal sealed class MemberGroup : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rotel-sharing-");
    private readonly HeldPort _grpc = new();
    private readonly HeldPort _http = new();
    private readonly HeldPort _status = new();
    private readonly ChangeSignal _changes = new();
    private readonly List<Member> _members = [];
    private readonly HashSet<Member> _ended = [];

    private MemberGroup(OtlpBackend backend, IReadOnlyDictionary<string, string> settings)
    {
        Backend = backend;
        Environment = new Dictionary<string, string>(settings)
        {
            ["ROTEL_PID_FILE"] = File,
            ["ROTEL_OTLP_GRPC_ENDPOINT"] = Endpoint(_grpc),
            ["ROTEL_OTLP_HTTP_ENDPOINT"] = Endpoint(_http),
            ["ROTEL_STATUS_ENDPOINT"] = Endpoint(_status),
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_BATCH_TIMEOUT"] = "20ms",
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public OtlpBackend Backend { get; }

    /// <summary>The variables of each member.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>What the processes share.</summary>
    public string File => Path.Combine(_directory.FullName, "agent.pid");

    public Uri Grpc => new($"http://{Endpoint(_grpc)}");

    public Uri Http => new($"http://{Endpoint(_http)}");

    public Uri Status => new($"http://{Endpoint(_status)}");

    /// <summary>All that were started.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>Those that were not ended by a test.</summary>
    public IReadOnlyList<Member> Living => [.. _members.Where(member => !_ended.Contains(member))];

    public Member Holder => Living.Single(member => member.Holds);

    public IReadOnlyList<Member> Followers => [.. Living.Where(member => !member.Holds)];

    /// <param name="settings">Beside those that all groups have.</param>
    public static async Task<MemberGroup> StartAsync(params IEnumerable<(string Name, string Value)> settings) => new(
        await OtlpBackend.StartAsync(Token), settings.ToDictionary(setting => setting.Name, setting => setting.Value));

    /// <summary>Starts processes at once, and waits until all of them work.</summary>
    public async Task<IReadOnlyList<Member>> AddAsync(int count, params string[] arguments)
    {
        Member[] added = [.. Enumerable.Range(0, count).Select(_ => Add(arguments))];
        await Task.WhenAll(added.Select(member => member.ReadyAsync()));
        return added;
    }

    /// <summary>Starts one and does not wait for it.</summary>
    public Member Add(params string[] arguments)
    {
        var member = new Member($"m{_members.Count}", Environment, _changes, arguments);
        _members.Add(member);
        return member;
    }

    /// <summary>Ends a process and waits until another holds the agent; returns what came between both.</summary>
    /// <param name="member">One that holds it.</param>
    /// <param name="end">How it ends.</param>
    public async Task<TimeSpan> EndHolderAsync(Member member, Action<ChildProcess> end)
    {
        var start = Stopwatch.GetTimestamp();
        end(member.Process);
        _ended.Add(member);
        await UntilAsync(() => Living.Any(other => other.Holds), "another holder");
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Says that a test has ended a follower.</summary>
    public void Ended(Member member) => _ended.Add(member);

    /// <summary>Waits until one holds the agent, and all others hand over to it.</summary>
    public async Task SettledAsync()
    {
        await UntilAsync(() => Living.Any(member => member.Holds), "a holder");
        var holder = Holder;
        await UntilAsync(() => Followers.All(member => member.Follows == holder.Process.Id), "all to follow the holder");
    }

    /// <summary>Waits until the holder has its own endpoints open.</summary>
    public async Task ListeningAsync()
    {
        // Each question is answered at once, by a process that may be busy: no more are asked than it can answer.
        using var deadline = new CancellationTokenSource(Watchdog.Deadline);
        while ((await Holder.RoleAsync()).Http == "none")
            deadline.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Waits until Rotel has taken so many more spans of each.</summary>
    public Task AcknowledgedAsync(int more)
    {
        var wanted = Living.ToDictionary(member => member, member => member.AcknowledgedCount + more);
        return UntilAsync(() => wanted.All(pair => pair.Key.AcknowledgedCount >= pair.Value), $"{more} more spans of each taken");
    }

    /// <summary>Ends the load of all and waits until everything is settled; the holder's own last, for it has that of the others.</summary>
    public async Task PauseAndFlushAsync()
    {
        await Task.WhenAll(Living.Select(member => member.AskAsync("pause", "paused")));
        await Task.WhenAll(Followers.Select(member => member.FlushAsync()));
        await Holder.FlushAsync();
    }

    /// <summary>How often the backend has each span, by name.</summary>
    public IReadOnlyDictionary<string, int> Arrived()
    {
        var kept = Backend.Items(OtlpSignal.Traces);
        return Spans()
            .DistinctBy(span => span.SpanId)
            .Select(span => (span.Name, Count: kept.GetValueOrDefault(Convert.ToHexStringLower(span.SpanId.Span))))
            .Where(span => span.Count > 0)
            .ToDictionary(span => span.Name, span => span.Count);
    }

    /// <summary>All spans that the backend was sent.</summary>
    public IEnumerable<OpenTelemetry.Proto.Trace.V1.Span> Spans() =>
        from request in Backend.Requests
        where request.Signal == OtlpSignal.Traces
        from resource in ((ExportTraceServiceRequest)request.Message).ResourceSpans
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select span;

    /// <summary>Those that Rotel has taken of these processes and the backend does not have.</summary>
    public IReadOnlyList<string> Missing(IEnumerable<Member> members)
    {
        var arrived = Arrived();
        return [.. members.SelectMany(member => member.Acknowledged).Where(name => !arrived.ContainsKey(name))];
    }

    /// <summary>Those that the backend has more than once.</summary>
    public IReadOnlyList<string> Repeated() => [.. Arrived().Where(span => span.Value > 1).Select(span => span.Key)];

    /// <summary>Everything that the processes have said but what was taken.</summary>
    public string Said() => string.Join('\n', _members.SelectMany(member => member.Process.Lines
        .Where(line => !line.StartsWith("lot acknowledged", StringComparison.Ordinal)).Select(line => $"{member.Name}: {line}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
        await Backend.DisposeAsync();
        foreach (var port in (HeldPort[])[_grpc, _http, _status])
            port.Dispose();
        _directory.Delete(recursive: true);
    }

    private Task UntilAsync(Func<bool> condition, string what) =>
        Watchdog.UntilAsync(_changes, condition, () => $"{what}; this was said:\n{Said()}", Token);

    private static string Endpoint(HeldPort port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port.Port}");
}
