using System.Collections.Concurrent;

namespace Rotel.DiskLog;

/// <summary>What a log told.</summary>
internal sealed class LogEvents : ILogEvents
{
    public ConcurrentQueue<(string Reader, LogLoss Why, long Items, long Records)> Losses { get; } = new();

    public ConcurrentQueue<(string File, long Bytes, string What)> Damages { get; } = new();

    public ConcurrentQueue<string> States { get; } = new();

    /// <summary>Pulsed after each.</summary>
    public TestKit.ChangeSignal Changes { get; } = new();

    /// <summary>Called with each change of state, which it can make fail.</summary>
    public Action? OnState { get; set; }

    public void Lost(LogReader reader, LogLoss why, long items, long records, bool ofThisRun)
    {
        Losses.Enqueue((reader.Name, why, items, records));
        Changes.Pulse();
    }

    public void Damaged(string file, long bytes, string what)
    {
        Damages.Enqueue((Path.GetFileName(file), bytes, what));
        Changes.Pulse();
    }

    public void Failing(AppendOutcome outcome, string message)
    {
        States.Enqueue(outcome.ToString());
        OnState?.Invoke();
        Changes.Pulse();
    }

    public void Recovered()
    {
        States.Enqueue("Recovered");
        OnState?.Invoke();
        Changes.Pulse();
    }
}
