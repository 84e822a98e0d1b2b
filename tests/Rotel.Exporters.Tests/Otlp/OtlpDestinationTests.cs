using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Otlp;

public class OtlpDestinationTests
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    [Theory]
    [InlineData("http://h:4317", "http://h:4317" + GrpcPath)]
    [InlineData("https://h/some/path?key=1", "https://h" + GrpcPath)]
    [InlineData("localhost:4317", "http://localhost:4317" + GrpcPath)]
    [InlineData("127.0.0.1:4317", "http://127.0.0.1:4317" + GrpcPath)]
    [InlineData("collector", "http://collector" + GrpcPath)]
    public void Url_OverGrpc_IsTheMethods(string endpoint, string expected)
    {
        var options = new OtlpExporterOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) };

        Assert.Equal(expected, OtlpDestination.Of(options, OtlpSignal.Traces)!.Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://h:4318", "http://h:4318/v1/metrics")]
    [InlineData("http://h:4318/", "http://h:4318/v1/metrics")]
    [InlineData("https://h/otlp/", "https://h/otlp/v1/metrics")]
    [InlineData("https://h/a%20b?key=1", "https://h/a%20b/v1/metrics?key=1")]
    [InlineData("collector:4318/otlp", "http://collector:4318/otlp/v1/metrics")]
    [Proves("client.endpoint")]
    public void Url_OverHttp_HasTheSignalsPathAppended(string endpoint, string expected)
    {
        var options = new OtlpExporterOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute), Protocol = OtlpProtocol.Http };

        Assert.Equal(expected, OtlpDestination.Of(options, OtlpSignal.Metrics)!.Url.AbsoluteUri);
    }

    [Fact]
    public void Url_OfTheSignalOverHttp_IsUsedAsItIs()
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://shared:4318"), Protocol = OtlpProtocol.Http };
        options.Logs.Endpoint = new("https://logs/ingest?key=1");

        Assert.Equal("https://logs/ingest?key=1", OtlpDestination.Of(options, OtlpSignal.Logs)!.Url.AbsoluteUri);
        Assert.Equal("http://shared:4318/v1/traces", OtlpDestination.Of(options, OtlpSignal.Traces)!.Url.AbsoluteUri);
    }

    [Fact]
    public void Name_WithAQuery_DoesNotShowIt()
    {
        var options = new OtlpExporterOptions { Endpoint = new("https://h:8443/otlp?key=secret"), Protocol = OtlpProtocol.Http };

        Assert.Equal("https://h:8443/otlp/v1/logs", OtlpDestination.Of(options, OtlpSignal.Logs)!.Name);
    }

    [Fact]
    public void Signal_WithItsOwnValues_HasThoseAndNoOthers()
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1"), Headers = { ["x-key"] = "shared" } };
        options.Traces.Headers["X-Trace-Key"] = "own";
        options.Traces.Compression = OtlpCompression.Zstd;
        options.Traces.Protocol = OtlpProtocol.Http;
        options.Traces.RequestTimeout = TimeSpan.FromSeconds(9);

        var traces = OtlpDestination.Of(options, OtlpSignal.Traces)!;
        var logs = OtlpDestination.Of(options, OtlpSignal.Logs)!;

        Assert.Equal([new("X-Trace-Key", "own")], traces.Headers);
        Assert.Equal([new("x-key", "shared")], logs.Headers);
        Assert.Equal((OtlpProtocol.Http, OtlpCompression.Zstd), (traces.Protocol, traces.Compression));
        Assert.Equal((OtlpProtocol.Grpc, OtlpCompression.Gzip), (logs.Protocol, logs.Compression));
        Assert.Equal(TimeSpan.FromSeconds(9), options.RequestTimeoutFor(OtlpSignal.Traces));
        Assert.Equal(TimeSpan.FromSeconds(5), options.RequestTimeoutFor(OtlpSignal.Logs));
    }

    [Fact]
    public void Signal_WithoutAnyEndpoint_HasNoDestination()
    {
        var options = new OtlpExporterOptions();
        options.Logs.Endpoint = new("http://h:1");

        Assert.Null(OtlpDestination.Of(options, OtlpSignal.Traces));
        Assert.NotNull(OtlpDestination.Of(options, OtlpSignal.Logs));
    }
}
