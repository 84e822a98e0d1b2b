using System.Diagnostics;
using System.Threading.Channels;

namespace Rotel.Throughput.Load;

/// <summary>
/// The moments at which requests are due at a fixed rate, handed out by a thread of its own. A request's latency counts from the moment it
/// was due,
/// not from the moment a connection became free for it, so a collector that stalls is charged for everything that had to wait.
/// </summary>
/// <remarks>The thread sleeps a millisecond at a time (it must not spin on a machine it shares), which adds up to about 1 ms to a
/// latency.</remarks>
internal sealed class LoadSchedule
{
    private readonly Channel<long> _due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly double _requestsPerSecond;
    private readonly long _start;
    private readonly long _end;
    private readonly bool _leavesOutTimer;

    private LoadSchedule(double requestsPerSecond, long start, long end, bool leavesOutTimer)
    {
        _requestsPerSecond = requestsPerSecond;
        _start = start;
        _end = end;
        _leavesOutTimer = leavesOutTimer;
    }

    /// <summary>Timestamps of <see cref="Stopwatch"/>; completes at the end of the run, with what is not yet taken still in it.</summary>
    public ChannelReader<long> Due => _due.Reader;

    /// <param name="leavesOutTimer">Whether <see cref="Due"/> gives the moments at which requests are really handed out.</param>
    public static LoadSchedule Start(double requestsPerSecond, long start, long end, bool leavesOutTimer = false)
    {
        var schedule = new LoadSchedule(requestsPerSecond, start, end, leavesOutTimer);
        new Thread(schedule.Run) { IsBackground = true, Name = "load schedule" }.Start();
        return schedule;
    }

    private void Run()
    {
        for (long request = 0; ; request++)
        {
            var due = _start + (long)(request * (Stopwatch.Frequency / _requestsPerSecond));
            if (due >= _end)
                break;
            while (Stopwatch.GetTimestamp() < due)
                Thread.Sleep(1);
            _due.Writer.TryWrite(_leavesOutTimer ? Stopwatch.GetTimestamp() : due);
        }

        _due.Writer.Complete();
    }
}
