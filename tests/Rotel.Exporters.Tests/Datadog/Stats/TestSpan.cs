using System.Text;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Datadog.Stats;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>A span as the encoder of traces would count it: a request of ten milliseconds to a shop.</summary>
internal sealed record TestSpan
{
    public static DatadogResource Shop { get; } = Resource();

    public DatadogResource Source { get; init; } = Shop;

    public string Service { get; init; } = "shop";

    public string Name { get; init; } = "http.server.request";

    public string Operation { get; init; } = "GET /cart";

    public string Type { get; init; } = "web";

    public string Kind { get; init; } = "server";

    public uint HttpStatusCode { get; init; } = 200;

    public string HttpMethod { get; init; } = "GET";

    public string HttpEndpoint { get; init; } = "/cart";

    public string GrpcStatusCode { get; init; } = "";

    public string[] PeerTags { get; init; } = [];

    public required DateTimeOffset End { get; init; }

    public long DurationNano { get; init; } = 10_000_000;

    public double Weight { get; init; } = 1;

    public bool IsError { get; init; }

    public bool IsTopLevel { get; init; } = true;

    public bool IsMeasured { get; init; } = true;

    public bool IsTraceRoot { get; init; } = true;

    public bool IsSynthetic { get; init; }

    public static DatadogResource Resource(
        string host = "web-1", string environment = "prod", string version = "1.2.3", string container = "", params string[] tags)
    {
        return new DatadogResource
        {
            Service = "shop"u8.ToArray(),
            SpanService = "shop"u8.ToArray(),
            Environment = Encoding.UTF8.GetBytes(environment),
            Version = Encoding.UTF8.GetBytes(version),
            Host = Encoding.UTF8.GetBytes(host),
            ContainerId = Encoding.UTF8.GetBytes(container),
            ContainerTags = [.. tags.Select(Encoding.UTF8.GetBytes)],
            ContainerTagList = Encoding.UTF8.GetBytes(string.Join(',', tags)),
            LogTagList = [],
            Tags = [],
            Language = "dotnet"u8.ToArray(),
            TracerVersion = "otlp-1.15.0"u8.ToArray(),
        };
    }

    public void AddTo(IStatisticsSink sink)
    {
        var peers = new List<byte>();
        foreach (var tag in PeerTags)
        {
            var utf8 = Encoding.UTF8.GetBytes(tag);
            Assert.True(utf8.Length < 128);
            peers.Add((byte)utf8.Length);
            peers.AddRange(utf8);
        }

        sink.Add(new SpanStatistics
        {
            Source = Source,
            Service = Encoding.UTF8.GetBytes(Service),
            Name = Encoding.UTF8.GetBytes(Name),
            Resource = Encoding.UTF8.GetBytes(Operation),
            Type = Encoding.UTF8.GetBytes(Type),
            Kind = Encoding.UTF8.GetBytes(Kind),
            HttpStatusCode = HttpStatusCode,
            HttpMethod = Encoding.UTF8.GetBytes(HttpMethod),
            HttpEndpoint = Encoding.UTF8.GetBytes(HttpEndpoint),
            GrpcStatusCode = Encoding.UTF8.GetBytes(GrpcStatusCode),
            PeerTags = peers.ToArray(),
            EndUnixNano = (ulong)(End - DateTimeOffset.UnixEpoch).Ticks * 100,
            DurationNano = DurationNano,
            Weight = Weight,
            IsError = IsError,
            IsTopLevel = IsTopLevel,
            IsMeasured = IsMeasured,
            IsTraceRoot = IsTraceRoot,
            IsSynthetic = IsSynthetic,
        });
    }
}
