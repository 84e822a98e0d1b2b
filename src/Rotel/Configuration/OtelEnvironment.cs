using System.Globalization;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>
/// The destination that <c>OTEL_EXPORTER_OTLP_*</c> names, the variables of OpenTelemetry's own exporters, where nothing else names one:
/// neither section nor <c>ROTEL_*</c> nor code. Specification: opentelemetry.io/docs/specs/otel/protocol/exporter. What they leave open is
/// as with any exporter of Rotel, and gRPC is the protocol, as in the .NET SDK.
/// </summary>
internal sealed class OtelEnvironment(IReadOnlyDictionary<string, string> environment, ConfigurationErrors errors)
{
    public const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string Endpoint = "ENDPOINT";
    private const string Insecure = "INSECURE";
    private const string Headers = "HEADERS";
    private const string Timeout = "TIMEOUT";

    /// <summary>Adds an exporter called <c>otlp</c> where an endpoint is named; returns it, or null.</summary>
    public ConfiguredExporter? AddTo(RotelOptions options)
    {
        var named = OtlpSignals.Mergeable.ToArray().Where(signal => Value(Of(signal) + Endpoint) is not null).ToArray();
        if (Value(Endpoint) is null && named.Length == 0)
            return null;

        var type = ExporterTypes.Otlp;
        var exporter = new ConfiguredExporter(type.Name, type, type.CreateOptions(), SettingScope.SingleExporter(type.Name))
        {
            IsFromOtelEnvironment = true,
        };
        Read((OtlpExporterOptions)exporter.Options);
        options.Exporters.Put(exporter);
        if (Value(Endpoint) is null && OtlpSignals.All.ToArray().All(signal => options.For(signal).Exporters is null))
        {
            // The specification's default endpoint, which the other signals would have, is that of Rotel's own listener.
            foreach (var signal in named)
                options.For(signal).ExportTo(type.Name);
        }

        return exporter;
    }

    /// <summary>What the log says of it, once; names only.</summary>
    public string Notice() =>
        "The destination of telemetry comes from "
            + string.Join(", ", environment.Keys.Where(IsOurs).Order(StringComparer.Ordinal))
            + $", for nothing else names an exporter; {SettingScope.SingleExporter("otlp").For("endpoint").Variable} would take its place.";

    private bool IsOurs(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && Value(name[Prefix.Length..]) is not null;

    private void Read(OtlpExporterOptions otlp)
    {
        if (Protocol("") is { } protocol)
            otlp.Protocol = protocol;
        otlp.Endpoint = Url("", otlp.Protocol);
        if (Compression("") is { } compression)
            otlp.Compression = compression;
        if (Time("") is { } time)
            otlp.RequestTimeout = time;
        Fill(otlp.Headers, "");
        Secure(otlp.Tls, "", otlp.Endpoint);

        foreach (var signal in OtlpSignals.Mergeable)
        {
            var prefix = Of(signal);
            var own = otlp.For(signal);
            own.Protocol = Protocol(prefix);
            own.Endpoint = Url(prefix, own.Protocol ?? otlp.Protocol);
            own.Compression = Compression(prefix);
            own.RequestTimeout = Time(prefix);
            Fill(own.Headers, prefix);

            // Ours are taken or left together, those of the specification one by one.
            if (own.Endpoint is not null || TlsRows.Any(row => Value(prefix + row.Name) is not null))
                Secure(own.Tls, prefix, own.Endpoint ?? otlp.Endpoint);
        }

        ReadEncoding(otlp);
    }

    private static IReadOnlyList<(string Name, Action<ClientTlsOptions, string> Set)> TlsRows { get; } =
    [
        ("CERTIFICATE", (tls, path) => tls.CaFile = path),
        ("CLIENT_CERTIFICATE", (tls, path) => tls.CertFile = path),
        ("CLIENT_KEY", (tls, path) => tls.KeyFile = path),
    ];

    /// <summary>
    /// Files for an endpoint without TLS are no error in the specification: other programs of the same environment may need them.
    /// </summary>
    private void Secure(ClientTlsOptions tls, string prefix, Uri? endpoint)
    {
        if (endpoint is { Scheme: "http" })
            return;
        foreach (var (name, set) in TlsRows)
        {
            if ((Value(prefix + name) ?? Value(name)) is { } path)
                set(tls, path);
        }
    }

    private void ReadEncoding(OtlpExporterOptions otlp)
    {
        var words = OtlpSignals.Mergeable.ToArray()
            .Where(signal => (otlp.For(signal).Protocol ?? otlp.Protocol) == OtlpProtocol.Http)
            .Select(signal => ProtocolWord(Of(signal)) ?? ProtocolWord("") ?? "")
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (words is ["http/json"])
        {
            otlp.Encoding = OtlpEncoding.Json;
        }
        else if (words.Contains("http/json"))
        {
            errors.Add(
                Prefix + "PROTOCOL",
                "http/json for one signal and http/protobuf for another need an exporter each; name them with ROTEL_EXPORTERS");
        }
    }

    private OtlpProtocol? Protocol(string prefix) => ProtocolWord(prefix) switch
    {
        null => null,
        "grpc" => OtlpProtocol.Grpc,
        "http/protobuf" or "http/json" => OtlpProtocol.Http,
        _ => Refuse<OtlpProtocol?>(prefix + "PROTOCOL", "expected one of grpc, http/protobuf, http/json"),
    };

    private string? ProtocolWord(string prefix) => Value(prefix + "PROTOCOL")?.ToLowerInvariant();

    /// <summary>Without a scheme, gRPC is over TLS unless it is said to be insecure.</summary>
    private Uri? Url(string prefix, OtlpProtocol protocol)
    {
        if (Value(prefix + Endpoint) is not { } text)
            return null;
        if (protocol == OtlpProtocol.Grpc && !text.Contains("://", StringComparison.Ordinal))
            text = (IsInsecure(prefix) ? "http://" : "https://") + text;
        return Apply(prefix + Endpoint, SettingForms.Endpoint, text);
    }

    private bool IsInsecure(string prefix) => Value(prefix + Insecure) is not null
        ? Apply(prefix + Insecure, SettingForms.Boolean, Value(prefix + Insecure)!)
        : prefix.Length > 0 && IsInsecure("");

    private OtlpCompression? Compression(string prefix) =>
        Value(prefix + "COMPRESSION") is { } text ? Apply(prefix + "COMPRESSION", SettingForms.OneOf<OtlpCompression>(), text) : null;

    private TimeSpan? Time(string prefix)
    {
        if (Value(prefix + Timeout) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : Refuse<TimeSpan?>(prefix + Timeout, "expected a whole number of milliseconds from 1, such as 10000");
    }

    /// <summary>Written as W3C baggage: names and values are percent-encoded, and there is nothing behind a semicolon.</summary>
    private void Fill(IDictionary<string, string> headers, string prefix)
    {
        if (Value(prefix + Headers) is not { } text)
            return;
        if (!SettingForms.Pairs.TryRead(text, out var pairs, out var problem))
        {
            errors.Add(Prefix + prefix + Headers, problem);
            return;
        }

        foreach (var (name, value) in pairs)
            headers[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value);
    }

    private TValue? Apply<TValue>(string name, SettingForm<TValue> form, string text) =>
        form.TryRead(text, out var value, out var problem) ? value : Refuse<TValue>(name, problem);

    private TValue? Refuse<TValue>(string name, string problem)
    {
        errors.Add(Prefix + name, problem);
        return default;
    }

    private string? Value(string name) =>
        environment.TryGetValue(Prefix + name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static string Of(OtlpSignal signal) => $"{signal.Name().ToUpperInvariant()}_";
}
