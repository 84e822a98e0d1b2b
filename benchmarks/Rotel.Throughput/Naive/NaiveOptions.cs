using Rotel.Throughput.Children;

namespace Rotel.Throughput.Naive;

/// <summary>Where the naive collector exports to.</summary>
/// <param name="Endpoint">The backend, for example <c>http://127.0.0.1:4318</c>.</param>
/// <param name="Gzip">Whether its requests are compressed (level Fastest).</param>
/// <param name="Encoding">What it exports over HTTP; it takes both.</param>
/// <param name="ClickHouse">How rows are compressed that go to ClickHouse instead: <c>lz4</c>, <c>zstd</c> or <c>none</c>; null for OTLP.</param>
/// <param name="Datadog">How payloads are compressed that go to Datadog instead: <c>gzip</c> or <c>zstd</c>; null for OTLP.</param>
/// <param name="JsonColumns">Whether the rows' attributes are sent for columns of the type JSON.</param>
/// <param name="Source">The broker whose topic it consumes, or null to listen for OTLP only.</param>
/// <param name="Tls">Where the certificates of its listeners and of its backend's authority are, or null.</param>
internal sealed record NaiveOptions(Uri Endpoint, Transport Transport, bool Gzip, BodyEncoding Encoding, string? ClickHouse, string? Datadog, bool JsonColumns, Uri? Source, TlsFolder? Tls)
{
    /// <summary>Items in a batch before it is exported without waiting for more.</summary>
    public int BatchItems => ClickHouse is null ? 8192 : 50_000;

    /// <summary>How long the first request of a batch waits at most.</summary>
    public TimeSpan BatchTimeout => TimeSpan.FromMilliseconds(ClickHouse is null ? 200 : 1000);

    public static NaiveOptions From(Flags flags)
    {
        var endpoint = flags.Text("endpoint", "http://127.0.0.1:4318");
        return new NaiveOptions(
            Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) ? uri : throw new FlagException($"--endpoint '{endpoint}' is not a URL."),
            OtlpRoutes.Transport(flags),
            flags.Switch("gzip"),
            OtlpRoutes.Encoding(flags),
            flags.OptionalText("clickhouse"),
            flags.OptionalText("datadog"),
            flags.Switch("json-columns"),
            flags.OptionalText("source") is { } source ? new Uri(source) : null,
            TlsFolder.From(flags));
    }
}
