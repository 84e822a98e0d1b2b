using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Rotel.Pipelines;

namespace Rotel.Kafka.Receiver;

/// <summary>Takes the headers that are to be kept from records.</summary>
internal sealed class RecordHeaders
{
    private static readonly SearchValues<byte> Visible =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(value => (byte)value)]);

    private readonly string[] _names;

    /// <param name="names">In lower case, each once.</param>
    private RecordHeaders(string[] names) => _names = names;

    /// <summary>Null when nothing is to be kept.</summary>
    public static RecordHeaders? From(KafkaReceiverOptions options) =>
        Names(options) is { Length: > 0 } names ? new RecordHeaders(names) : null;

    /// <summary>The names to keep, in lower case, each once.</summary>
    public static string[] Names(KafkaReceiverOptions options) =>
        [.. options.HeadersToInclude.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// What is kept of one record; null when it has none of the headers. Several of one name are joined by commas; values that could not be
    /// sent on by every exporter, for they are not visible ASCII, are left out.
    /// </summary>
    public RequestMetadata? Capture(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return null;

        List<KeyValuePair<string, string>>? kept = null;
        var left = RequestMetadata.MaxBytes;
        foreach (var name in _names)
        {
            var value = ValueOf(headers, name);
            if (value is null || name.Length + value.Length > left)
                continue;
            left -= name.Length + value.Length;
            (kept ??= []).Add(new(name, value));
        }

        return kept is null ? null : new RequestMetadata(kept);
    }

    private static string? ValueOf(Headers headers, string name)
    {
        string? joined = null;
        foreach (var header in headers)
        {
            if (!header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)
                || header.GetValueBytes() is not { Length: <= RequestMetadata.MaxBytes } bytes
                || bytes.AsSpan().ContainsAnyExcept(Visible))
            {
                continue;
            }

            var value = Encoding.ASCII.GetString(bytes);
            joined = joined is null ? value : $"{joined},{value}";
            if (joined.Length > RequestMetadata.MaxBytes)
                return null;
        }

        return joined;
    }
}
