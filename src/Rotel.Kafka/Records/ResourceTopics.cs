using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Rotel.Otlp.Readers;

namespace Rotel.Kafka.Records;

/// <summary>
/// The topics that resources name in one of their attributes. Each name is one string for ever, and there are only so many: the client
/// keeps state for every topic it has ever produced to, so that whatever senders write must not decide how much. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Whether there is such a topic shows only when brokers have had some seconds to make it, for which the batch waits. So names that turn
/// out to be none are tried in a row only <see cref="MissesAtOnce"/> times, and then one in <see cref="MissInterval"/>: further names
/// count as too many in the meantime.
/// </remarks>
/// <param name="attribute">The attribute; where a resource has it twice, the first counts.</param>
/// <param name="time">The clock.</param>
internal sealed class ResourceTopics(string attribute, TimeProvider time)
{
    /// <summary>How many names one exporter uses; resources with further ones go to the topic of their signal.</summary>
    public const int MaxTopics = 1000;

    /// <summary>How many names in a row may turn out to be no topics before further ones have to wait.</summary>
    public const int MissesAtOnce = 16;

    /// <summary>The longest name that Kafka takes.</summary>
    public const int MaxNameLength = 249;

    /// <summary>After what time one of those misses is forgotten.</summary>
    public static readonly TimeSpan MissInterval = TimeSpan.FromSeconds(30);

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"u8);

    private readonly byte[] _attribute = Encoding.UTF8.GetBytes(attribute);
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private int _count;
    private int _misses;
    private long _forgottenAt;

    /// <summary>
    /// The topic that a resource names; null when it names none that Kafka would take, or, with <paramref name="isRefused"/>, when there
    /// are too many.
    /// </summary>
    public string? Find(WireList<KeyValueReader> attributes, out bool isRefused)
    {
        isRefused = false;
        foreach (var pair in attributes)
        {
            if (!pair.Key.SequenceEqual(_attribute))
                continue;
            var value = pair.Value;
            return value.Kind == AnyValueKind.String && IsLegal(value.Bytes) ? Intern(value.Bytes, out isRefused) : null;
        }

        return null;
    }

    /// <summary>A name turned out to be no topic, or none that may be written.</summary>
    public void NoteMissing(string topic)
    {
        lock (_adding)
        {
            if (!_names.ContainsKey(topic) || !_missing.Add(topic))
                return;
            ForgetMisses();
            _misses = Math.Min(_misses + 1, MissesAtOnce);
        }
    }

    /// <summary>
    /// Whether Kafka takes a name: letters, digits, dots, underscores and hyphens, but not the names of the two directories.
    /// </summary>
    public static bool IsLegal(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxNameLength
        && !name.ContainsAnyExcept(NameBytes)
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8);

    private string? Intern(ReadOnlySpan<byte> name, out bool isRefused)
    {
        Span<char> characters = stackalloc char[MaxNameLength];
        characters = characters[..Encoding.ASCII.GetChars(name, characters)];
        isRefused = false;
        if (_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out var known))
            return known;

        lock (_adding)
        {
            var added = characters.ToString();
            if (_names.TryGetValue(added, out known))
                return known;
            ForgetMisses();
            isRefused = _count == MaxTopics || _misses == MissesAtOnce;
            if (isRefused)
                return null;
            _names[added] = added;
            _count++;
            return added;
        }
    }

    /// <summary>Under the lock.</summary>
    private void ForgetMisses()
    {
        var now = time.GetTimestamp();
        var forgotten = _misses == 0 ? 0 : (int)Math.Min(_misses, time.GetElapsedTime(_forgottenAt, now) / MissInterval);
        _misses -= forgotten;
        if (_misses == 0 || forgotten > 0)
            _forgottenAt = now;
    }
}
