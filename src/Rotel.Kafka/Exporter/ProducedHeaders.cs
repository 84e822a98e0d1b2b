using System.Text;
using Confluent.Kafka;
using Rotel.Pipelines;

namespace Rotel.Kafka.Exporter;

/// <summary>The headers of the records of one batch: those of the settings, and over them what was kept of the request's.</summary>
internal sealed class ProducedHeaders
{
    /// <summary>A number of up to 31 bits as a varint, the most that a length takes.</summary>
    private const int LengthBytes = 5;

    /// <param name="fixedHeaders">Those of the settings, in order.</param>
    /// <param name="metadata">Those of the request; null for none.</param>
    public ProducedHeaders(IEnumerable<KeyValuePair<string, string>> fixedHeaders, RequestMetadata? metadata)
    {
        var all = fixedHeaders.Where(header => metadata is null || !metadata.TryGet(header.Key, out _)).Concat(metadata?.Headers ?? []);
        foreach (var (name, value) in all)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            (Headers ??= []).Add(name, bytes);
            Bytes += Encoding.UTF8.GetByteCount(name) + bytes.Length + (2 * LengthBytes);
        }
    }

    /// <summary>What the client is given, the same for each record; null when there is none.</summary>
    public Headers? Headers { get; }

    /// <summary>The most they take in a record.</summary>
    public int Bytes { get; }
}
