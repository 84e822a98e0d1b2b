using System.Diagnostics;
using System.Globalization;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>A <see cref="SharingMember"/> as a process, and what it has said.</summary>
internal sealed class Member : IAsyncDisposable
{
    private const int HoldsEvent = 5100;
    private const int FollowsEvent = 5101;
    private const int LostEvent = 5103;

    private readonly Lock _lock = new();
    private readonly ChangeSignal _changes;
    private readonly List<(int From, int To)> _acknowledged = [];
    private readonly Dictionary<int, int> _events = [];
    private int _acknowledgedCount;
    private int _holder;
    private long _reported;

    /// <param name="name">What its spans are called after; unique in its group.</param>
    /// <param name="environment">Its <c>ROTEL_*</c> variables.</param>
    /// <param name="changes">Pulsed for each line, here or in another of its group.</param>
    /// <param name="arguments">After its name.</param>
    public Member(string name, IReadOnlyDictionary<string, string> environment, ChangeSignal changes, params string[] arguments)
    {
        Name = name;
        _changes = changes;
        Process = new ChildProcess(
            new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, SharingMember.Role, name, .. arguments]), environment, Read);
    }

    public string Name { get; }

    public ChildProcess Process { get; }

    /// <summary>The names of all spans of which it said that Rotel has taken them.</summary>
    public IReadOnlyList<string> Acknowledged
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. from lot in _acknowledged
                       from number in Enumerable.Range(lot.From, lot.To - lot.From)
                       select $"{Name}/{number}",
                ];
            }
        }
    }

    public int AcknowledgedCount
    {
        get
        {
            lock (_lock)
                return _acknowledgedCount;
        }
    }

    /// <summary>Whether it has become the holder.</summary>
    public bool Holds => Count(HoldsEvent) > 0;

    /// <summary>The process that it last said it hands over to; 0 for none.</summary>
    public int Follows => Volatile.Read(ref _holder);

    /// <summary>How many items it said may be lost with holders.</summary>
    public long Reported => Interlocked.Read(ref _reported);

    /// <summary>How often Rotel logged an event there.</summary>
    public int Count(int eventId)
    {
        lock (_lock)
            return _events.GetValueOrDefault(eventId);
    }

    public Task ReadyAsync() => Process.LineAsync("ready");

    /// <summary>Waits until Rotel has logged an event there.</summary>
    public Task EventAsync(int eventId, int occurrence = 1) => Process.LineAsync($"event {eventId} ", occurrence);

    /// <summary>Writes a command and waits for the line that begins so.</summary>
    public async Task<string[]> AskAsync(string command, string answer)
    {
        var before = Process.Lines.Count(line => line.StartsWith(answer, StringComparison.Ordinal));
        Process.Write(command);
        return (await Process.LineAsync(answer, before + 1)).Split(' ');
    }

    /// <summary>Has it end spans, and waits until Rotel has taken or refused them; not under load.</summary>
    public async Task<bool> TryEndAsync(int spans) =>
        (await AskAsync(string.Create(CultureInfo.InvariantCulture, $"end {spans}"), "lot ")) is [_, "acknowledged", ..];

    /// <summary>The same, where nothing can be refused.</summary>
    public async Task EndAsync(int spans) => Assert.True(await TryEndAsync(spans));

    public Task FlushAsync() => AskAsync("flush", "flushed");

    /// <summary>Its part, the process of the holder, and what this process itself listens on.</summary>
    public async Task<(string Role, string Holder, string Grpc, string Http, string Status)> RoleAsync()
    {
        var words = await AskAsync("role", "role ");
        return (words[1], words[2], words[3], words[4], words[5]);
    }

    /// <summary>How it is doing, and what waits there to be handed over.</summary>
    public async Task<MemberState> StateAsync()
    {
        var words = await AskAsync("state", "state ");
        return new(words[1], Number(words[2]), Number(words[3]), Number(words[4]), string.Join(' ', words[5..]));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private void Read(string line)
    {
        var words = line.Split(' ');
        switch (words)
        {
            case ["lot", "acknowledged", var from, var to]:
                lock (_lock)
                {
                    _acknowledged.Add(((int)Number(from), (int)Number(to)));
                    _acknowledgedCount += (int)(Number(to) - Number(from));
                }

                break;
            case ["event", var id, ..]:
                Note((int)Number(id), words);
                break;
        }

        _changes.Pulse();
    }

    private void Note(int id, string[] words)
    {
        if (id == FollowsEvent)
            Volatile.Write(ref _holder, (int)Number(Value("ProcessId")));
        if (id == LostEvent)
            Interlocked.Add(ref _reported, Number(Value("Items")));
        lock (_lock)
            _events[id] = _events.GetValueOrDefault(id) + 1;

        string Value(string name) => words.First(word => word.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
