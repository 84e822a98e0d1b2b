using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>
/// Keeps an API key that is refused from being sent over and over: an intake that refuses it gets one request per
/// <see cref="ProbeInterval"/> until it takes it. What other intakes think of the key is theirs to say, so that one that refuses keeps none
/// back that may well take it. Says it once for all of them, and once when all is well again. Safe for concurrent use.
/// </summary>
internal sealed class KeyRefusals(ExporterContext context)
{
    /// <summary>What is said of a request that is not sent.</summary>
    public const string Refused = "the API key is refused; check api_key and region";

    /// <summary>How often it is looked whether the key is taken by now.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly bool[] _isRefused = new bool[Enum.GetValues<DatadogIntake>().Length];
    private readonly long[] _nextProbes = new long[Enum.GetValues<DatadogIntake>().Length];
    private volatile string? _problem;

    /// <summary>That the key is refused, and what to do; null when it is not.</summary>
    public string? Problem => _problem;

    /// <summary>How long a request to an intake has to wait; null lets it go out, which may be the one that finds out.</summary>
    public TimeSpan? Wait(DatadogIntake intake)
    {
        if (_problem is null)
            return null;
        lock (_lock)
        {
            if (!_isRefused[(int)intake])
                return null;
            var now = context.Time.GetTimestamp();
            if (now < _nextProbes[(int)intake])
                return context.Time.GetElapsedTime(now, _nextProbes[(int)intake]);

            // Whatever becomes of this one, the next may go out an interval later.
            Postpone(intake, now);
            return null;
        }
    }

    /// <summary>Learns from an answer, and returns it with what a refused key means for it.</summary>
    public DatadogAnswer Note(DatadogIntake intake, int code, string destination, in DatadogAnswer answer)
    {
        if (answer.IsDelivered)
        {
            Take(intake, destination);
            return answer;
        }

        return code is 401 or 403 ? Refuse(intake, destination, answer) : answer;
    }

    private DatadogAnswer Refuse(DatadogIntake intake, string destination, in DatadogAnswer answer)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _problem is null;
            _isRefused[(int)intake] = true;
            _problem ??= $"the API key is refused by {destination}: it is wrong, or of another region; check api_key and region";
            Postpone(intake, context.Time.GetTimestamp());
        }

        if (isNews)
            context.Logger.KeyRefused(context.Name, destination, answer.Message);
        return answer with { RetryAfter = ProbeInterval };
    }

    private void Take(DatadogIntake intake, string destination)
    {
        if (_problem is null)
            return;
        lock (_lock)
        {
            if (_problem is null)
                return;
            _isRefused[(int)intake] = false;
            if (Array.IndexOf(_isRefused, true) >= 0)
                return;
            _problem = null;
        }

        context.Logger.KeyTaken(context.Name, destination);
    }

    private void Postpone(DatadogIntake intake, long now) =>
        _nextProbes[(int)intake] = now + (long)(ProbeInterval.TotalSeconds * context.Time.TimestampFrequency);
}
