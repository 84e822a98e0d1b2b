using Rotel.Exporters.Datadog.Resources;
using K = Rotel.Exporters.Datadog.Traces.AttributeKey;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The operation name of a span: what kind of work it is, the same for all requests of that kind. Newest rules of Datadog's agent
/// (<c>enable_operation_and_resource_name_logic_v2</c>, its default;
/// https://docs.datadoghq.com/opentelemetry/migrate/migrate_operation_names/).
/// </summary>
internal sealed class OperationName
{
    private readonly TextBuffer _text = new(room: 4 * DatadogTags.Room);
    private readonly TextBuffer _normal = new(MetricLikeName.MaxLength);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(in SpanFacts span)
    {
        var isServer = span.Kind == OtlpSpanKind.Server;
        var isClient = span.Kind == OtlpSpanKind.Client;
        var given = span.Text(K.OperationName);
        if (!given.IsEmpty && Start(given).Span is { IsEmpty: false } name)
            return MetricLikeName.Normalize(name, _normal);
        if ((isServer || isClient) && !span.Text(K.HttpRequestMethod, K.HttpMethod).IsEmpty)
            return isServer ? "http.server.request"u8 : "http.client.request"u8;
        if (isClient && span.Text(K.DatabaseSystemName, K.DatabaseSystem) is { IsEmpty: false } database)
            return End(Start(database).Append(".query"u8));
        if (OfMessaging(span) is { IsEmpty: false } messaging)
            return messaging;
        if ((isServer || isClient) && OfRpc(span, isClient) is { IsEmpty: false } rpc)
            return rpc;
        if (OfFunction(span, isServer, isClient) is { IsEmpty: false } function)
            return function;
        if (!span.Text(K.GraphQLOperationType).IsEmpty)
            return "graphql.server.request"u8;
        if (!isServer && !isClient)
            return NameOf(span.Kind);

        var protocol = span.Text(K.NetworkProtocolName);
        if (protocol.IsEmpty)
            return isServer ? "server.request"u8 : "client.request"u8;
        return End(Start(protocol).Append(isServer ? ".server.request"u8 : ".client.request"u8));
    }

    private static ReadOnlySpan<byte> NameOf(OtlpSpanKind kind) => kind switch
    {
        OtlpSpanKind.Producer => "Producer"u8,
        OtlpSpanKind.Consumer => "Consumer"u8,
        _ => "Internal"u8,
    };

    private ReadOnlySpan<byte> OfMessaging(in SpanFacts span)
    {
        var system = span.Text(K.MessagingSystem);
        if (system.IsEmpty || span.Kind is OtlpSpanKind.Unspecified or OtlpSpanKind.Internal)
            return default;
        var operation = SpanResource.MessagingOperationOf(span);
        return operation.IsEmpty ? default : End(AppendNormal(Start(system).Append("."u8), operation));
    }

    private ReadOnlySpan<byte> OfRpc(in SpanFacts span, bool isClient)
    {
        var system = span.Text(K.RpcSystem, K.RpcSystemName);
        if (system.IsEmpty)
            return default;
        if (!isClient)
            return End(Start(system).Append(".server.request"u8));
        if (!system.SequenceEqual("aws-api"u8))
            return End(Start(system).Append(".client.request"u8));

        var service = span.Text(K.RpcService);
        if (service.IsEmpty)
            return "aws.client.request"u8;
        _text.Clear();
        return End(AppendNormal(_text.Append("aws."u8), service).Append(".request"u8));
    }

    private ReadOnlySpan<byte> OfFunction(in SpanFacts span, bool isServer, bool isClient)
    {
        if (isServer && span.Text(K.FaasTrigger) is { IsEmpty: false } trigger)
            return End(Start(trigger).Append(".invoke"u8));
        if (!isClient)
            return default;
        var provider = span.Text(K.FaasInvokedProvider);
        var invoked = span.Text(K.FaasInvokedName);
        if (provider.IsEmpty || invoked.IsEmpty)
            return default;
        return End(AppendNormal(Start(provider).Append("."u8), invoked).Append(".invoke"u8));
    }

    private TextBuffer Start(ReadOnlySpan<byte> part)
    {
        _text.Clear();
        return AppendNormal(_text, part);
    }

    private static TextBuffer AppendNormal(TextBuffer text, ReadOnlySpan<byte> part) =>
        text.Append(DatadogTags.NormalizeValue(part, stackalloc byte[DatadogTags.Room]));

    private ReadOnlySpan<byte> End(TextBuffer text) => MetricLikeName.Normalize(text.Span, _normal);
}
