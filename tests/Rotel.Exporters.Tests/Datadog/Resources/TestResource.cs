using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Tests.Datadog.Resources;

/// <summary>Resources of attributes that are strings, and what a catalog makes of them.</summary>
internal static class TestResource
{
    public const string Machine = "this-machine";

    public static BufferPool Pool { get; } = new(new ByteBudget(256 * 1024 * 1024));

    public static DatadogExporterOptions Options(string? environment = null) => new() { HostName = Machine, Environment = environment };

    public static Resource Of(params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var resource = new Resource();
        foreach (var (key, value) in attributes)
            resource.Attributes.Add(new KeyValue { Key = key, Value = new AnyValue { StringValue = value } });
        return resource;
    }

    public static DatadogResource Read(ResourceCatalog catalog, Resource resource) =>
        catalog.Of(ResourceReader.Read(resource.ToByteArray()));

    public static DatadogResource Read(params ReadOnlySpan<(string Key, string Value)> attributes) =>
        Read(new ResourceCatalog(Options(), Pool), Of(attributes));

    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    public static IEnumerable<string> Texts(IEnumerable<byte[]> utf8) => utf8.Select(text => Text(text));
}
