using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.DeadLetters;

/// <summary>
/// Says what was kept and what was lost, once per interval for each kind. Never throws, and is not called under a lock. Thread-safe.
/// </summary>
internal sealed class DeadLetterLog
{
    private readonly ILogger _logger;
    private readonly string _directory;
    private readonly OncePerInterval _kept;
    private readonly OncePerInterval[] _lost;
    private string? _problem;

    public DeadLetterLog(ILogger logger, string directory, TimeProvider time)
    {
        _logger = logger;
        _directory = directory;
        _kept = new OncePerInterval(time);
        _lost = [.. Enumerable.Range(0, DeadLetterLosses.Count).Select(_ => new OncePerInterval(time))];
    }

    public void Kept(long items)
    {
        if (_kept.TryTake(items, out var total))
            WriteKept(total);
    }

    public void Lost(DeadLetterLoss loss, long items, string? problem)
    {
        if (problem is not null)
            Volatile.Write(ref _problem, problem);
        if (_lost[(int)loss].TryTake(items, out var total))
            WriteLost(loss, total);
    }

    /// <summary>Writes what is left.</summary>
    public void WriteRest()
    {
        if (_kept.TakeRest() is var kept and > 0)
            WriteKept(kept);
        for (var loss = (DeadLetterLoss)0; (int)loss < DeadLetterLosses.Count; loss++)
        {
            if (_lost[(int)loss].TakeRest() is var lost and > 0)
                WriteLost(loss, lost);
        }
    }

    private void WriteKept(long items)
    {
        try
        {
            _logger.DeadLettersKept(items, _directory);
        }
        catch (Exception)
        {
            // A logger of the host's threw.
        }
    }

    private void WriteLost(DeadLetterLoss loss, long items)
    {
        try
        {
            if (loss == DeadLetterLoss.Unwritable)
                _logger.DeadLettersUnwritable(items, _directory, Volatile.Read(ref _problem));
            else
                _logger.DeadLettersLost(items, _directory, loss.Name());
        }
        catch (Exception)
        {
            // A logger of the host's threw.
        }
    }
}
