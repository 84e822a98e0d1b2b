using System.Text.RegularExpressions;
using Rotel.Otlp;

namespace Rotel.Kafka.Receiver;

/// <summary>What a topic holds: by its exact name first, then by pattern, in the order traces, metrics, logs. One thread's.</summary>
internal sealed class TopicSignals
{
    /// <summary>What a name begins with that is a pattern, for us as for the client library.</summary>
    public const char PatternStart = '^';

    private readonly Dictionary<string, OtlpSignal?> _known = new(StringComparer.Ordinal);
    private readonly List<(Regex Pattern, OtlpSignal Signal)> _patterns = [];

    public TopicSignals(KafkaReceiverOptions options)
    {
        var subscription = new List<string>();
        foreach (var (signal, topics) in options.Subscribed)
        {
            foreach (var topic in topics)
            {
                subscription.Add(topic);
                if (IsPattern(topic))
                    _patterns.Add((ParsePattern(topic), signal));
                else
                    _known[topic] = signal;
            }
        }

        Subscription = subscription;
    }

    /// <summary>Names and patterns, as they are subscribed to.</summary>
    public IReadOnlyList<string> Subscription { get; }

    public static bool IsPattern(string topic) => topic.StartsWith(PatternStart);

    /// <exception cref="ArgumentException">It is not a regular expression that can be matched in linear time.</exception>
    public static Regex ParsePattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException exception)
        {
            throw new ArgumentException("The pattern looks around or back.", exception);
        }
    }

    /// <summary>
    /// The signal of a topic; null when nobody named it, which can be only where the client library reads a pattern otherwise than we do.
    /// </summary>
    public OtlpSignal? Find(string topic)
    {
        if (_known.TryGetValue(topic, out var known))
            return known;

        OtlpSignal? found = null;
        foreach (var (pattern, signal) in _patterns)
        {
            if (pattern.IsMatch(topic))
            {
                found = signal;
                break;
            }
        }

        return _known[topic] = found;
    }
}
