using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Diagnostics;

public sealed class OwnTelemetryTests
{
    [Theory]
    [InlineData(true, "Rotel")]
    [InlineData(true, "Rotel", "Rotel")]
    [InlineData(false)]
    [InlineData(false, "")]
    [InlineData(false, "Rotelle")]
    [InlineData(false, "rotel")]
    [InlineData(false, "Rotel", "Shop")]
    [InlineData(false, "Shop", "Rotel")]
    public void Body_WithTheseScopes_IsOwnIfAllAreNamedRotel(bool isOwn, params string[] scopes)
    {
        Assert.Equal(isOwn, OwnTelemetry.IsAll(OtlpSignal.Traces, Traces(scopes)));
        Assert.Equal(isOwn, OwnTelemetry.IsAll(OtlpSignal.Metrics, Metrics(scopes)));
        Assert.Equal(isOwn, OwnTelemetry.IsAll(OtlpSignal.Logs, Logs(scopes)));
        Assert.False(OwnTelemetry.IsAll(OtlpSignal.Profiles, Traces(scopes)));
    }

    [Fact]
    public void Body_WithoutScope_IsNotOwn()
    {
        var resource = new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span() } } } };
        var body = new ExportTraceServiceRequest { ResourceSpans = { resource } }.ToByteArray();

        Assert.False(OwnTelemetry.IsAll(OtlpSignal.Traces, body));
    }

    /// <summary>Bodies of the own process are not checked to the bottom before.</summary>
    [Fact]
    public void Body_ThatIsBrokenOff_NeitherThrowsNorIsReadBeyondItsEnd()
    {
        var whole = Traces("Rotel", "Rotel");
        for (var length = 0; length < whole.Length; length++)
            OwnTelemetry.IsAll(OtlpSignal.Traces, whole.AsSpan(0, length));
    }

    [Fact]
    public void Body_Random_IsOwnIfGoogleProtobufFindsItSo()
    {
        var generator = new TelemetryGenerator(FreshSeed.Value);
        var random = new Random(FreshSeed.Value);
        for (var round = 0; round < 300; round++)
        {
            var request = generator.Traces();
            foreach (var scope in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans))
            {
                if (random.Next(4) > 0)
                    (scope.Scope ??= new InstrumentationScope()).Name = "Rotel";
            }

            var names = request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).Select(scope => scope.Scope?.Name ?? "").ToList();
            Assert.True(
                (names.Count > 0 && names.TrueForAll(name => name == "Rotel"))
                    == OwnTelemetry.IsAll(OtlpSignal.Traces, request.ToByteArray()),
                $"seed {FreshSeed.Value}, round {round}");
        }
    }

    private static byte[] Traces(params string[] scopes) => new ExportTraceServiceRequest
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                ScopeSpans = { scopes.Select(name => new ScopeSpans { Scope = Named(name), Spans = { new Span { Name = "s" } } }) },
            },
        },
    }.ToByteArray();

    private static byte[] Metrics(string[] scopes) => new ExportMetricsServiceRequest
    {
        ResourceMetrics = { scopes.Select(name => new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Scope = Named(name) } } }) },
    }.ToByteArray();

    private static byte[] Logs(string[] scopes) => new ExportLogsServiceRequest
    {
        ResourceLogs = { scopes.Select(name => new ResourceLogs { ScopeLogs = { new ScopeLogs { Scope = Named(name) } } }) },
    }.ToByteArray();

    private static InstrumentationScope Named(string name) => new() { Name = name, Version = "1" };
}
