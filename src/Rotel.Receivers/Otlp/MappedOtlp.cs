using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Server;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// OTLP on the endpoints of an application's own server: the same handlers, limits and answers as on Rotel's own, behind whatever the
/// application puts before its endpoints. Who may send is the application's to say: none of Rotel's credentials is asked for.
/// </summary>
internal sealed class MappedOtlp
{
    /// <summary>The receivers' names in metrics and logs.</summary>
    public const string GrpcName = "host_grpc";

    /// <inheritdoc cref="GrpcName"/>
    public const string HttpName = "host_http";

    private readonly OtlpReceiverOptions _options;
    private readonly Intake _grpcIntake;
    private readonly Intake _httpIntake;
    private readonly OtlpGrpcHandler _grpc;
    private readonly OtlpHttpHandler _http;
    private readonly RequestGate _gate;
    private readonly RequestFailures _failures;
    private readonly HashSet<IEndpointRouteBuilder> _withGrpc = new(ReferenceEqualityComparer.Instance);

    /// <param name="options">Validated.</param>
    /// <param name="grpc">Takes what arrives by gRPC.</param>
    /// <param name="http">Takes what arrives by HTTP.</param>
    /// <param name="loggerFactory">The host's; categories are below <c>Rotel</c>.</param>
    /// <param name="time">The clock of log lines.</param>
    public MappedOtlp(OtlpReceiverOptions options, Intake grpc, Intake http, ILoggerFactory loggerFactory, TimeProvider time)
    {
        var logger = loggerFactory.CreateLogger("Rotel.Receivers.Otlp");
        _options = options;
        _grpcIntake = grpc;
        _httpIntake = http;
        _grpc = new OtlpGrpcHandler(
            grpc,
            options.MaxGrpcMessageSize ?? options.MaxRequestBodySize,
            options.GrpcMetadata,
            new RefusalLog(logger, GrpcName, time),
            isMapped: true);
        _http = new OtlpHttpHandler(http, options, _grpc, new RefusalLog(logger, HttpName, time), isMapped: true);
        _gate = new RequestGate(new RequestLimit(options.MaxConcurrentRequests), authentication: null, time, logger);
        _failures = new RequestFailures(time, logger);
    }

    /// <summary>
    /// Adds one endpoint for each signal that goes somewhere, and for each of the gRPC services, whose paths cannot be chosen and so are
    /// added once to each <paramref name="endpoints"/>.
    /// </summary>
    /// <param name="endpoints">The application's.</param>
    /// <param name="prefix">What is put before the paths of HTTP; a pattern of the application's routing.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        var mapped = new MappedEndpoints();
        var addsGrpc = _withGrpc.Add(endpoints);
        foreach (var signal in OtlpSignals.All)
        {
            if (_httpIntake.Accepts(signal))
                mapped.Add(Map(endpoints, prefix.TrimEnd('/') + Literal(_options.HttpPathOf(signal)), "HTTP", signal, ServeHttpAsync));
            if (addsGrpc && _grpcIntake.Accepts(signal))
                mapped.Add(Map(endpoints, signal.GrpcPath(), "gRPC", signal, ServeGrpcAsync));
        }

        mapped.Add(static endpoint =>
        {
            if (!endpoint.Metadata.OfType<IRequestSizeLimitMetadata>().Any())
                endpoint.Metadata.Add(NoServerLimit.Instance);
        });
        mapped.DisableHttpMetrics();
        return mapped;
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string pattern, string protocol, OtlpSignal signal, RequestDelegate serve) =>
        endpoints.Map(RoutePatternFactory.Parse(pattern), serve)
            .WithDisplayName($"Rotel OTLP/{protocol} {signal.Name()}")
            .WithMetadata(new MappedSignal(signal));

    /// <summary>A path is no pattern: braces in it mean themselves.</summary>
    private static string Literal(string path) =>
        path.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private Task ServeHttpAsync(HttpContext context) => ServeAsync(context, _http);

    private Task ServeGrpcAsync(HttpContext context) => ServeAsync(context, _grpc);

    private async Task ServeAsync(HttpContext context, OtlpRequestHandler handler)
    {
        try
        {
            await _gate.PassAsync(context, handler).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await _failures.AnswerAsync(context, handler, exception).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The server's own limit, by default 30 MB, would cut what Rotel takes; it is lifted where the application names none for the
    /// endpoint. Routing looks at this, and so does the middleware that decompresses requests.
    /// </summary>
    private sealed class NoServerLimit : IRequestSizeLimitMetadata
    {
        public static NoServerLimit Instance { get; } = new();

        public long? MaxRequestBodySize => null;
    }
}
