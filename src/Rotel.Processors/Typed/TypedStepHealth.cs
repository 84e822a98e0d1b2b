using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Otlp;

namespace Rotel.Processors.Typed;

/// <summary>
/// How one step does: its calls that were given up and have not come back, and what is logged of its failures, each kind at most once per
/// interval. Thread-safe.
/// </summary>
internal sealed class TypedStepHealth
{
    /// <summary>
    /// How many calls of a step may hang before it is not called any more: each holds a thread, or at least the data it was given.
    /// </summary>
    public const int MaxHanging = 4;

    private readonly TypedStep _step;
    private readonly string _signal;
    private readonly ILogger _logger;
    private readonly OncePerInterval[] _intervals;
    private int _hanging;

    public TypedStepHealth(TypedStep step, OtlpSignal signal, TimeProvider time, ILogger logger)
    {
        _step = step;
        _signal = signal.Name();
        _logger = logger;
        _intervals = new OncePerInterval[(int)TypedFault.Unusable + 1];
        for (var i = 0; i < _intervals.Length; i++)
            _intervals[i] = new OncePerInterval(time);
    }

    /// <summary>Calls that were given up and have not come back.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    public bool MayCall => Hanging < MaxHanging;

    public void CallGivenUp() => Interlocked.Increment(ref _hanging);

    public void CallCameBack() => Interlocked.Decrement(ref _hanging);

    /// <summary>Writes a line now and then. Calls the host's logger: not for the thread of timers.</summary>
    public void Report(TypedFault fault, Exception? exception)
    {
        if (!_intervals[(int)fault].TryTake(out var times))
            return;

        var outcome = _step.Options.OnFailure == ProcessorFailureMode.Drop
            ? "the data was dropped and counted"
            : "the data goes on without what it does";
        try
        {
            Write(fault, exception, times, outcome);
        }
        catch (Exception)
        {
            // The host's logger failed; the data must go on.
        }
    }

    /// <summary>Writes what no line was written of yet.</summary>
    public void ReportRest()
    {
        var rest = 0L;
        foreach (var interval in _intervals)
            rest += interval.TakeRest();
        try
        {
            if (rest > 0)
                _logger.StepFailedBefore(_step.Name, _signal, rest);
        }
        catch (Exception)
        {
            // The host's logger failed; what is being stopped must go on stopping.
        }
    }

    private void Write(TypedFault fault, Exception? exception, long times, string outcome)
    {
        switch (fault)
        {
            case TypedFault.Threw:
                _logger.StepThrew(exception, _step.Name, _signal, times, outcome);
                break;
            case TypedFault.TimeLimit:
                _logger.StepTookTooLong(_step.Name, _signal, _step.Options.TimeLimit, times, outcome);
                break;
            case TypedFault.Hangs:
                _logger.StepHangs(_step.Name, _signal, times, Hanging, outcome);
                break;
            default:
                var problem = fault switch
                {
                    TypedFault.TooLarge => $"makes the request larger than {_step.Options.MaxResultBytes} bytes and twice its size",
                    TypedFault.TooDeep => "is nested too deep or in a circle",
                    _ => "cannot be encoded or decoded",
                };
                _logger.StepLeftUnusable(exception, _step.Name, _signal, problem, times, outcome);
                break;
        }
    }
}
