using System.Globalization;
using System.Text;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>
/// What is known of one host, from the resources of what runs there and, for this machine, from the machine. The attributes that count are
/// those of the OpenTelemetry Collector's exporter (https://docs.datadoghq.com/opentelemetry/mapping/host_metadata/). Bounded; not
/// thread-safe.
/// </summary>
internal sealed class HostFacts(string name)
{
    /// <summary>Datadog keeps 200 characters of a tag, and 255 of a host's name.</summary>
    private const int MaxText = 255;

    private const int MaxTags = 100;
    private const int MaxAliases = 20;

    /// <summary>Fields of gohai by the attribute they are of (pkg/opentelemetry-mapping-go/inframetadata/internal/hostmap).</summary>
    private static readonly Dictionary<string, HostField[]> Fields = new(StringComparer.Ordinal)
    {
        ["os.description"] = [HostField.Platform("os")],
        ["os.type"] = [HostField.Platform("GOOS")],
        ["host.arch"] =
        [
            HostField.Platform("GOOARCH"), HostField.Platform("processor"), HostField.Platform("machine"),
            HostField.Platform("hardware_platform"),
        ],
        ["os.kernel.name"] = [HostField.Platform("kernel_name")],
        ["os.kernel.release"] = [HostField.Platform("kernel_release")],
        ["os.kernel.version"] = [HostField.Platform("kernel_version")],
        ["host.cpu.vendor.id"] = [HostField.Cpu("vendor_id")],
        ["host.cpu.model.name"] = [HostField.Cpu("model_name")],
        ["host.cpu.cache.l2.size"] = [HostField.Cpu("cache_size")],
        ["host.cpu.family"] = [HostField.Cpu("family")],
        ["host.cpu.model.id"] = [HostField.Cpu("model")],
        ["host.cpu.stepping"] = [HostField.Cpu("stepping")],
        ["datadog.ccrid"] = [HostField.Meta("ccrid")],
    };

    private static readonly Dictionary<string, string> TagNames = new(StringComparer.Ordinal)
    {
        ["k8s.cluster.name"] = "cluster_name",
        ["cloud.provider"] = "cloud_provider",
        ["cloud.region"] = "region",
        ["cloud.availability_zone"] = "zone",
    };

    private const string TagPrefix = "datadog.host.tag.";

    private readonly Dictionary<HostField, string> _values = [];
    private SortedSet<string> _tags = new(StringComparer.Ordinal);
    private SortedSet<string> _olderTags = new(StringComparer.Ordinal);
    private SortedSet<string> _aliases = new(StringComparer.Ordinal);
    private SortedSet<string> _olderAliases = new(StringComparer.Ordinal);

    public string Name { get; } = Cut(name);

    /// <summary>Sorted, without repetitions.</summary>
    public IEnumerable<string> Tags => _tags.Union(_olderTags, StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxTags);

    public IEnumerable<string> Aliases =>
        _aliases.Union(_olderAliases, StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxAliases);

    /// <summary>The fields of a part of the description, by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Of(HostPart part) => _values
        .Where(pair => pair.Key.Part == part)
        .Select(pair => KeyValuePair.Create(pair.Key.Name, pair.Value))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>About how many bytes this takes.</summary>
    public long Bytes => 2 * (Name.Length + _values.Values.Sum(Size)
        + _tags.Sum(Size) + _olderTags.Sum(Size) + _aliases.Sum(Size) + _olderAliases.Sum(Size));

    /// <summary>Whether a resource asks for its host not to be described.</summary>
    public static bool IsUnwanted(ResourceReader resource)
    {
        foreach (var attribute in resource.Attributes)
        {
            if (attribute.Key.SequenceEqual("datadog.host.use_as_metadata"u8))
                return attribute.Value is { Kind: AnyValueKind.Bool, Bool: false };
        }

        return false;
    }

    /// <summary>Takes what a resource says of its host; true when some of it is new.</summary>
    /// <param name="resource">Of whatever runs there; what it says last counts.</param>
    /// <param name="environment">Of the resource; empty for none.</param>
    public bool Add(ResourceReader resource, string environment)
    {
        var isNew = environment.Length > 0 && AddTag($"env:{environment}");
        string? provider = null, id = null, hostName = null;
        foreach (var attribute in resource.Attributes)
        {
            var key = Encoding.UTF8.GetString(attribute.Key);
            var value = attribute.Value;
            switch (key)
            {
                case "datadog.host.aliases":
                    isNew |= AddAliases(value);
                    continue;
                case "host.ip":
                    isNew |= SetAddresses(value);
                    continue;
                case "host.mac":
                    // The agent takes the first one, and writes it as Go does.
                    isNew |= Strings(value) is [var mac, ..]
                        && Set(HostField.Network("macaddress"), mac.Replace('-', ':').ToLowerInvariant());
                    continue;
            }

            if (Text(value) is not { Length: > 0 } text)
                continue;
            switch (key)
            {
                case "cloud.provider":
                    provider = text;
                    break;
                case "host.id":
                    id = text;
                    break;
                case "host.name":
                    hostName = text;
                    break;
            }

            if (TagNames.TryGetValue(key, out var tag))
                isNew |= AddTag($"{tag}:{text}");
            else if (key.Length > TagPrefix.Length && key.StartsWith(TagPrefix, StringComparison.Ordinal))
                isNew |= AddTag($"{key[TagPrefix.Length..]}:{text}");
            foreach (var field in Fields.GetValueOrDefault(key, []))
                isNew |= Set(field, text);
        }

        if (provider == "aws")
        {
            isNew |= id is not null && Set(HostField.Meta("instance-id"), id);
            isNew |= hostName is not null && Set(HostField.Meta("ec2-hostname"), hostName);
        }

        return isNew;
    }

    /// <summary>Sets a field that no resource has set.</summary>
    public void SetDefault(HostField field, string value) => _values.TryAdd(field, Cut(value));

    public bool AddTag(string tag) => AddBounded(_tags, _olderTags, tag, MaxTags);

    /// <summary>Begins a new time: tags and aliases that are not seen until the next one ends are forgotten then.</summary>
    public void Age()
    {
        (_tags, _olderTags) = (_olderTags, _tags);
        _tags.Clear();
        (_aliases, _olderAliases) = (_olderAliases, _aliases);
        _aliases.Clear();
    }

    private static int Size(string text) => text.Length + 32;

    private static string Cut(string text)
    {
        if (text.Length <= MaxText)
            return text;
        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
    }

    private static string? Text(AnyValueReader value) => value.Kind switch
    {
        AnyValueKind.String => Encoding.UTF8.GetString(value.Bytes),
        AnyValueKind.Int => value.Int.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static List<string> Strings(AnyValueReader value)
    {
        List<string> texts = [];
        foreach (var element in value.Array.Values)
        {
            if (element.Kind == AnyValueKind.String && !element.Bytes.IsEmpty)
                texts.Add(Encoding.UTF8.GetString(element.Bytes));
        }

        return texts;
    }

    private static bool AddBounded(SortedSet<string> set, SortedSet<string> older, string text, int most)
    {
        text = Cut(text);
        return set.Count < most && set.Add(text) && !older.Contains(text);
    }

    private bool AddAliases(AnyValueReader value)
    {
        var isNew = false;
        foreach (var alias in Strings(value))
            isNew |= AddBounded(_aliases, _olderAliases, alias, MaxAliases);
        return isNew;
    }

    /// <summary>The first address of each version, as the agent has it.</summary>
    private bool SetAddresses(AnyValueReader value)
    {
        var addresses = Strings(value);
        var ipv4 = addresses.Find(address => !address.Contains(':', StringComparison.Ordinal));
        var ipv6 = addresses.Find(address => address.Contains(':', StringComparison.Ordinal));
        var isNew = ipv4 is not null && Set(HostField.Network("ipaddress"), ipv4);
        return (ipv6 is not null && Set(HostField.Network("ipaddressv6"), ipv6)) | isNew;
    }

    private bool Set(HostField field, string value)
    {
        value = Cut(value);
        if (_values.GetValueOrDefault(field) == value)
            return false;
        _values[field] = value;
        return true;
    }
}
