using System.Net;
using System.Text;
using Rotel.Exporters.Datadog.Hosts;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// Makes a <see cref="DatadogResource"/> of each distinct resource, once for as long as it is in use: the resources of one exporter, for
/// all its encoders. Safe for concurrent use.
/// </summary>
internal sealed class ResourceCatalog
{
    /// <summary>What <c>service.name</c> is for spans of a resource that has none.</summary>
    private const string NoService = "otlpresourcenoservicename";

    /// <summary>Where nobody names an environment. It says that there is none: it is no tag of metrics and logs.</summary>
    private const string NoEnvironment = "none";

    private readonly ResourceCache _cache = new();
    private readonly BufferPool _pool;
    private readonly HostReporter? _hosts;
    private readonly byte[] _defaultEnvironment;
    private readonly byte[] _defaultHost;
    private readonly string? _defaultEnvironmentTag;
    private readonly bool _allAttributesAsTags;
    private readonly List<string> _ownTags;

    /// <param name="options">Of the exporter; later changes do not count.</param>
    /// <param name="pool">For texts while a resource is made.</param>
    /// <param name="environment">Of Rotel as a whole, where the exporter has none of its own.</param>
    /// <param name="hosts">Is shown every resource; null describes no hosts.</param>
    public ResourceCatalog(DatadogExporterOptions options, BufferPool pool, string? environment = null, HostReporter? hosts = null)
    {
        _pool = pool;
        _hosts = hosts;
        environment = options.Environment ?? environment ?? NoEnvironment;
        _defaultEnvironment = Normal(environment);
        _defaultEnvironmentTag = environment is "" or NoEnvironment ? null : $"env:{environment}";
        _defaultHost = HostOf(options);
        _allAttributesAsTags = options.ResourceAttributesAsTags;
        _ownTags = [.. options.Tags.Select(tag => $"{tag.Key}:{tag.Value}")];
    }

    /// <summary>The host of telemetry whose resource names none.</summary>
    public ReadOnlyMemory<byte> DefaultHost => _defaultHost;

    /// <summary>The environment of telemetry whose resource names none.</summary>
    public ReadOnlyMemory<byte> DefaultEnvironment => _defaultEnvironment;

    /// <summary>The name of this host: as the user set it, or the machine's.</summary>
    public static byte[] HostOf(DatadogExporterOptions options) =>
        Encoding.UTF8.GetBytes(string.IsNullOrEmpty(options.HostName) ? Dns.GetHostName() : options.HostName);

    /// <summary>What Datadog is told of a resource that telemetry came from; the same object for the same bytes while it is kept.</summary>
    /// <exception cref="WireFormatException">An attribute is no protobuf.</exception>
    public DatadogResource Of(ResourceReader resource)
    {
        var wire = resource.Attributes.Range;
        if (!_cache.TryGet(wire, out var known))
        {
            known = Make(new ResourceAttributes(resource.Attributes, _pool));
            _cache.Keep(wire, known);
        }

        _hosts?.Seen(known, resource);
        return known;
    }

    private static byte[] Normal(string value) =>
        DatadogTags.NormalizeValue(Encoding.UTF8.GetBytes(value), stackalloc byte[DatadogTags.Room]).ToArray();

    private static byte[] NormalService(string service, byte[] language) => DatadogTags.NormalizeService(
        Encoding.UTF8.GetBytes(service.Length == 0 ? NoService : service), language, stackalloc byte[DatadogTags.Room]).ToArray();

    /// <summary>A comma would end the tag in the middle of its value.</summary>
    private static byte[] Join(IEnumerable<string> tags) =>
        Encoding.UTF8.GetBytes(string.Join(',', tags.Select(tag => tag.Replace(',', '_'))));

    private static byte[][] Encode(IEnumerable<string> tags) => [.. tags.Select(Encoding.UTF8.GetBytes)];

    private DatadogResource Make(ResourceAttributes attributes)
    {
        var service = attributes.Text("service.name");
        var language = Encoding.UTF8.GetBytes(attributes.Text("telemetry.sdk.language"));
        var host = HostRules.HostOf(attributes);
        var environment = Normal(ResourceTags.EnvironmentOf(attributes));
        List<string> containerTags = [.. ContainerTags.Of(attributes).Select(tag => $"{tag.Key}:{tag.Value}")];
        var tags = new SortedSet<string>([.. ResourceTags.Of(attributes), .. containerTags, .. _ownTags], StringComparer.Ordinal);
        if (environment.Length == 0 && _defaultEnvironmentTag is not null)
            tags.Add(_defaultEnvironmentTag);
        var logTags = Join(tags);
        if (_allAttributesAsTags)
            tags.UnionWith(attributes.All.Select(attribute => $"{attribute.Key}:{attribute.Value}"));
        return new DatadogResource
        {
            Service = Encoding.UTF8.GetBytes(service),
            SpanService = NormalService(service, language),
            Environment = environment.Length == 0 ? _defaultEnvironment : environment,
            Version = Normal(attributes.Text("service.version")),
            Host = host is null ? _defaultHost : Encoding.UTF8.GetBytes(host),
            ContainerId = Normal(attributes.FirstText("container.id", "k8s.pod.uid")),
            ContainerTags = Encode(containerTags),
            ContainerTagList = Join(containerTags),
            Tags = Encode(tags),
            LogTagList = logTags,
            Language = language,
            TracerVersion = Encoding.UTF8.GetBytes($"otlp-{attributes.Text("telemetry.sdk.version")}"),
        };
    }
}
