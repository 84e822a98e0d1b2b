using System.Buffers;
using System.Text.Json;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>
/// Writes the description of a host as the OpenTelemetry Collector's exporter does: the agent's metadata of version 5, without the key
/// that the agent puts into it
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/inframetadata/payload/payload.go).
/// </summary>
internal static class HostPayload
{
    /// <summary>What of Datadog's senders this is; others send their command's name.</summary>
    private const string Flavor = "rotel";

    private static readonly string Version = ExporterHttpClient.UserAgent.Split('/')[^1];

    public static ReadOnlyMemory<byte> Write(HostFacts host)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteStartObject("meta");
        WriteFields(json, host.Of(HostPart.Meta));
        json.WriteString("hostname", host.Name);
        if (host.Aliases.Any())
            WriteList(json, "host_aliases", host.Aliases);
        json.WriteEndObject();
        json.WriteString("internalHostname", host.Name);
        json.WriteString("otel_version", Version);
        json.WriteString("agent-flavor", Flavor);
        json.WriteStartObject("host-tags");
        if (host.Tags.Any())
            WriteList(json, "otel", host.Tags);
        json.WriteEndObject();

        // For reasons of history this is a string that holds JSON.
        json.WriteString("gohai", Inventory(host));
        json.WriteNull("resources");
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static ReadOnlySpan<byte> Inventory(HostFacts host)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteStartObject("cpu");
        WriteFields(json, host.Of(HostPart.Cpu));
        json.WriteEndObject();
        json.WriteStartArray("filesystem");
        json.WriteEndArray();
        json.WriteStartObject("memory");
        json.WriteEndObject();
        json.WriteStartObject("network");
        WriteFields(json, host.Of(HostPart.Network));
        json.WriteEndObject();
        json.WriteStartObject("platform");
        json.WriteString("hostname", host.Name);
        WriteFields(json, host.Of(HostPart.Platform));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan;
    }

    private static void WriteFields(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> fields)
    {
        foreach (var (name, value) in fields)
            json.WriteString(name, value);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
