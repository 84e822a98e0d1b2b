using System.Runtime.CompilerServices;
using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using static Rotel.Exporters.Datadog.Traces.AttributeTreatment;
using K = Rotel.Exporters.Datadog.Traces.AttributeKey;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The table of attributes that are more than copied: renamed as Datadog names them
/// (https://docs.datadoghq.com/opentelemetry/mapping/semantic_mapping/), or asked for by a rule.
/// </summary>
internal static class AttributeRules
{
    /// <summary>A power of two, several times the number of rows, so that nearly every search ends at its first slot.</summary>
    private const int Slots = 1024;

    private static readonly AttributeRule[] Mapped =
    [
        Row("operation.name", K.OperationName, Consumed),
        Row("resource.name", K.ResourceName, Consumed),
        Row("service.name", K.ServiceName, Consumed),
        Row("span.type", K.SpanType, Consumed),

        Renamed("http.request.method", "http.method", K.HttpRequestMethod),
        Row("http.method", K.HttpMethod),
        Row("http.route", K.HttpRoute),
        Row("url.template", K.UrlTemplate),
        Row("http.status_code", K.HttpStatusCode, AttributeTreatment.HttpStatus),
        Renamed("http.response.status_code", "http.status_code", K.HttpResponseStatusCode, AttributeTreatment.HttpStatus),
        Renamed("http.response.body.size", "http.response.content_length"),
        Renamed("http.request.body.size", "http.request.content_length"),
        Renamed("http.request.header.referrer", "http.referrer"),
        Renamed("client.address", "http.client_ip"),
        Renamed("server.address", "http.server_name"),
        Renamed("network.protocol.version", "http.version"),
        Renamed("url.full", "http.url"),
        Renamed("user_agent.original", "http.useragent"),

        Row("db.system.name", K.DatabaseSystemName),
        Row("db.system", K.DatabaseSystem),
        Row("db.namespace", K.DatabaseNamespace),
        Row("db.statement", K.DatabaseStatement, Last),
        Row("db.query.text", K.DatabaseQueryText, Last),
        Row("sql.query", K.SqlQuery, Last),

        Row("messaging.system", K.MessagingSystem),
        Row("messaging.operation", K.MessagingOperation),
        Row("messaging.operation.type", K.MessagingOperationType),
        Row("messaging.operation.name", K.MessagingOperationName),
        Row("messaging.destination", K.MessagingDestination),
        Row("messaging.destination.name", K.MessagingDestinationName),

        Row("rpc.system", K.RpcSystem),
        Row("rpc.system.name", K.RpcSystemName),
        Row("rpc.service", K.RpcService),
        Row("rpc.method", K.RpcMethod),
        Row("rpc.grpc.status_code", K.RpcGrpcStatusCode),
        Row("grpc.code", K.GrpcCode),
        Row("rpc.grpc.status.code", K.RpcGrpcStatusDotCode),
        Row("grpc.status.code", K.GrpcStatusDotCode),
        Row("rpc.response.status_code", K.RpcResponseStatusCode),

        Row("faas.invoked_provider", K.FaasInvokedProvider),
        Row("faas.invoked_name", K.FaasInvokedName),
        Row("faas.trigger", K.FaasTrigger),
        Row("graphql.operation.type", K.GraphQLOperationType),
        Row("graphql.operation.name", K.GraphQLOperationName),
        Row("network.protocol.name", K.NetworkProtocolName),

        Row("deployment.environment.name", K.DeploymentEnvironmentName),
        Row("deployment.environment", K.DeploymentEnvironment),
        Row("service.version", K.ServiceVersion),
        Row("env", K.Environment, TagValue),
        Row("peer.service", K.PeerService, Service),
        Row("_dd.base_service", K.BaseService, Service),

        Row("_dd.origin", K.Origin),
        Row("_dd.measured", K.Measured),
        Renamed("sampling.priority", "_sampling_priority_v1", K.SamplingPriority),
        Row("_sampling_priority_v1", K.SamplingPriorityV1),
        Row("analytics.event", K.AnalyticsEvent, AttributeTreatment.AnalyticsEvent),
        Row("_sample_rate", K.SampleRate),

        Row("error.msg", K.ErrorMessage, Last),
        Row("error.type", K.ErrorType, Last),
        Row("error.stack", K.ErrorStack, Last),
    ];

    /// <summary>With those of which nothing else is known than that they name a peer.</summary>
    private static readonly AttributeRule[] Rules =
    [
        .. Mapped,
        .. PeerTags.Keys.Where(key => !Mapped.Any(rule => rule.Name.SequenceEqual(Encoding.UTF8.GetBytes(key))))
            .Select(key => Row(key, K.None)),
    ];

    private static readonly AttributeRule?[] BySlot = Arrange();

    /// <summary>Those that are hidden as the family of their span wants it, in the order they are written.</summary>
    public static IReadOnlyList<AttributeRule> Statements { get; } =
        [.. Rules.Where(rule => rule.Key is K.DatabaseStatement or K.DatabaseQueryText or K.SqlQuery)];

    /// <summary>What becomes of an attribute; null when it is copied under its own name.</summary>
    /// <param name="name">The attribute's.</param>
    /// <param name="hash">As <see cref="TagKey.HashOf"/> has it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AttributeRule? Find(ReadOnlySpan<byte> name, uint hash)
    {
        for (var slot = hash & (Slots - 1); BySlot[slot] is { } rule; slot = (slot + 1) & (Slots - 1))
        {
            if (name.SequenceEqual(rule.Name))
                return rule;
        }

        return null;
    }

    private static AttributeRule Row(string name, K key, AttributeTreatment treatment = Copied) =>
        Renamed(name, name, key, treatment);

    private static AttributeRule Renamed(string name, string tag, K key = K.None, AttributeTreatment treatment = Copied) =>
        new()
        {
            Name = Encoding.UTF8.GetBytes(name),
            Key = key,
            Tag = new TagKey(tag),
            Treatment = treatment,
            PeerOrder = Array.IndexOf(PeerTags.Keys, tag),
            Obfuscation = SpanObfuscation.Of(SpanFamily.Other, Encoding.UTF8.GetBytes(name)),
        };

    private static AttributeRule?[] Arrange()
    {
        var slots = new AttributeRule?[Slots];
        foreach (var rule in Rules)
        {
            var slot = TagKey.HashOf(rule.Name) & (Slots - 1);
            while (slots[slot] is not null)
                slot = (slot + 1) & (Slots - 1);
            slots[slot] = rule;
        }

        return slots;
    }
}
