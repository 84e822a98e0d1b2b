using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>
/// What happened in the simulator, read from the lines it writes with <c>debug=mock</c>: the one way to be told of an event. The C
/// interface can only be asked. A test of the kit holds the lines' form.
/// </summary>
internal sealed partial class SimulatorLog
{
    private readonly ConcurrentDictionary<(string Api, int Broker), int> _requests = new();
    private readonly ConcurrentQueue<ObservedCommit> _commits = new();
    private readonly ConcurrentQueue<ObservedAppend> _appends = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public ChangeSignal Changes { get; } = new();

    public Action<ObservedCommit>? OnCommit { get; set; }

    public IReadOnlyCollection<ObservedCommit> Commits => _commits;

    public IReadOnlyCollection<ObservedAppend> Appends => _appends;

    /// <summary>The last lines, for the message of a test that fails.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public int RequestsOf(KafkaApi api, int? broker = null) => _requests
        .Where(entry => entry.Key.Api == api.ToString() && (broker is null || broker == entry.Key.Broker))
        .Sum(entry => entry.Value);

    public void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > 200)
            _lines.TryDequeue(out _);

        if (Request().Match(line) is { Success: true } request)
        {
            _requests.AddOrUpdate((request.Groups["api"].Value, Int32(request, "broker")), 1, (_, count) => count + 1);
        }
        else if (Commit().Match(line) is { Success: true } commit)
        {
            var observed = new ObservedCommit(
                commit.Groups["group"].Value, commit.Groups["topic"].Value, Int32(commit, "partition"), Int64(commit, "offset"));
            _commits.Enqueue(observed);
            OnCommit?.Invoke(observed);
        }
        else if (Append().Match(line) is { Success: true } append)
        {
            _appends.Enqueue(new(
                Int32(append, "broker"), append.Groups["topic"].Value, Int32(append, "partition"),
                Int64(append, "offset"), Int32(append, "records"), Int32(append, "bytes")));
        }
        else
        {
            return;
        }

        Changes.Pulse();
    }

    private static int Int32(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static long Int64(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Broker (?<broker>\d+): Received (?<api>\w+?)(Request)?V\d+ from")]
    private static partial Regex Request();

    [GeneratedRegex(@"Topic (?<topic>\S+) \[(?<partition>\d+)\] committing offset (?<offset>-?\d+) for group (?<group>.*)$")]
    private static partial Regex Commit();

    [GeneratedRegex(
        @"Broker (?<broker>\d+): Log append (?<topic>\S+) \[(?<partition>\d+)\] "
        + @"(?<records>\d+) messages, (?<bytes>\d+) bytes at offset (?<offset>\d+)")]
    private static partial Regex Append();
}
