using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Units as Datadog names them (https://docs.datadoghq.com/metrics/units/#unit-list) for those OpenTelemetry has from UCUM, by the table of
/// Datadog's translator
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/otlp/attributes/units.go), which the OpenTelemetry
/// Collector's exporter uses on demand.
/// </summary>
internal static class MetricUnit
{
    /// <summary>No unit in the table is longer, nor two with a slash between.</summary>
    private const int LongestUnit = 48;

    private static readonly (string Symbol, string Name)[] Prefixes =
    [
        ("d", "deci"), ("m", "milli"), ("u", "micro"), ("n", "nano"), ("k", "kilo"), ("M", "mega"), ("G", "giga"), ("T", "tera"),
        ("P", "peta"), ("E", "exa"), ("Ki", "kibi"), ("Mi", "mebi"), ("Gi", "gibi"), ("Ti", "tebi"), ("Pi", "pebi"), ("Ei", "exbi"),
    ];

    /// <summary>Base units, and with which prefixes they are units of Datadog's too.</summary>
    private static readonly (string Symbol, string Name, string Prefixes)[] Bases =
    [
        ("By", "byte", "Ki Mi Gi Ti Pi Ei k M G T P E"), ("bit", "bit", "k M G T P E"), ("s", "second", "m u n"), ("h", "hour", ""),
        ("Hz", "hertz", "k M G"), ("W", "watt", "d m u n k M G T"), ("V", "volt", "m"), ("J", "joule", "n m k M"), ("A", "ampere", "m"),
        ("Cel", "degree celsius", "d"), ("%", "percent", ""),
    ];

    /// <summary>What may stand in braces: what is counted.</summary>
    private const string Annotations =
        "alert apdex assertion attempt block buffer build cent check collection column command commit connection container core cpu cursor "
        + "datagram day decibel-milliwatt device document dollar email entity entry error euro event eviction exception execution fault "
        + "fetch "
        + "file flush fraction frame get heap hit hop host index inode instance invocation item job key location lock merge message method "
        + "minute miss monitor node object occurrence offset operation packet page payload penny permille pound prediction process query "
        + "question read record refresh request resource response route row run sample scan sector segment service session set shard span "
        + "split stage step success table task thread throttle ticket time timeout token transaction unit update user vector view volume "
        + "wait watt-hour week worker write";

    private static readonly FrozenDictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> Names =
        Components()
            .ToFrozenDictionary(component => component.Key, component => Encoding.ASCII.GetBytes(component.Value), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Datadog's name; empty when it has none. Only units of the form <c>a/b</c> allocate.</summary>
    public static byte[] Of(ReadOnlySpan<byte> unit)
    {
        Span<char> text = stackalloc char[LongestUnit];
        if (unit.Length > LongestUnit || Ascii.ToUtf16(unit, text, out var length) != OperationStatus.Done)
            return [];

        text = text[..length];
        var slash = text.IndexOf('/');
        if (slash < 0)
            return Names.TryGetValue(text, out var name) ? name : [];
        return Names.TryGetValue(text[..slash], out var numerator) && Names.TryGetValue(text[(slash + 1)..], out var denominator)
            ? [.. numerator, (byte)'/', .. denominator]
            : [];
    }

    private static IEnumerable<KeyValuePair<string, string>> Components()
    {
        foreach (var (symbol, name, prefixes) in Bases)
        {
            yield return new(symbol, name);
            foreach (var (prefix, prefixName) in Prefixes)
            {
                if (prefixes.Split(' ').Contains(prefix))
                    yield return new(prefix + symbol, prefixName + name);
            }
        }

        foreach (var annotation in Annotations.Split(' '))
            yield return new($"{{{annotation}}}", annotation);
        yield return new("{datapoint}", "item");
    }
}
