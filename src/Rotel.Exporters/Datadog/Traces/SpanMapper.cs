using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using F = Rotel.Exporters.Datadog.Traces.TraceFields;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Writes spans of OTLP as spans of Datadog's, one after another into the payload: docs/datadog.md has the rules, row by row. Nothing is
/// made per span; what spans of one resource share is made when that is entered.
/// </summary>
internal sealed class SpanMapper
{
    private const int ErrorStatus = 2;

    /// <summary>What the smallest probability of a trace state makes.</summary>
    private const double MaxWeight = 1L << 56;

    /// <summary>Most spans take 128 bytes to 16 KiB.</summary>
    private const int SpanLengthBytes = 2;

    /// <summary>The only one of its blocks.</summary>
    private const int ResourceBlock = 0;

    /// <summary>What <see cref="WriteNamed"/> looks for: most spans say nothing of it.</summary>
    private static readonly ulong Named = KnownAttributes.BitOf(AttributeKey.DeploymentEnvironmentName)
        | KnownAttributes.BitOf(AttributeKey.DeploymentEnvironment)
        | KnownAttributes.BitOf(AttributeKey.ServiceVersion)
        | KnownAttributes.BitOf(AttributeKey.DatabaseNamespace);

    private readonly PooledBytes _body;
    private readonly SpanTags _tags;
    private readonly KnownAttributes _known;
    private readonly KnownAttributes _knownOfResource;
    private readonly PeerTags _peers;
    private readonly SpanAttributes _attributes;
    private readonly SharedTags _shared;
    private readonly TagBlocks _resourceTags;
    private readonly PooledBytes _json;
    private readonly SpanEventJson _events;
    private readonly OperationName _name = new();
    private readonly SpanResource _resourceName;
    private readonly Obfuscator? _obfuscator;
    private readonly IStatisticsSink? _statistics;
    private readonly TimeProvider _time;
    private readonly byte[] _serviceRoom = new byte[DatadogTags.Room];
    private DatadogResource? _resource;
    private int _lastScope = -1;
    private bool _overlaps;

    /// <param name="body">Where spans are written.</param>
    /// <param name="pool">Of what is kept within a batch.</param>
    /// <param name="options">Of the exporter.</param>
    /// <param name="statistics">Null counts nothing.</param>
    /// <param name="time">For spans without times.</param>
    public SpanMapper(PooledBytes body, BufferPool pool, DatadogExporterOptions options, IStatisticsSink? statistics, TimeProvider time)
    {
        _body = body;
        _statistics = statistics;
        _time = time;
        _obfuscator = options.Obfuscation ? new Obfuscator(pool) : null;
        _tags = new SpanTags(body);
        _known = new KnownAttributes(pool);
        _knownOfResource = new KnownAttributes(pool);
        _peers = new PeerTags(pool);
        _attributes = new SpanAttributes(_tags, _known, _peers, _obfuscator, pool);
        _shared = new SharedTags(pool, _obfuscator);
        _resourceTags = new TagBlocks(pool);
        _json = new PooledBytes(pool);
        _events = new SpanEventJson(pool, _obfuscator);
        _resourceName = new SpanResource(options.SpanNameAsResourceName);
        Scopes = new TagBlocks(pool);
    }

    /// <summary>The tags of the scopes of the batch.</summary>
    public TagBlocks Scopes { get; }

    /// <summary>Writes the tags of a scope as the open one of <see cref="Scopes"/>.</summary>
    public void WriteScope(InstrumentationScopeReader scope) => _shared.WriteScope(scope, Scopes);

    /// <summary>What follows are spans of a resource.</summary>
    /// <param name="resource">What Datadog is told of it.</param>
    /// <param name="attributes">Its attributes.</param>
    public void Enter(DatadogResource resource, WireList<KeyValueReader> attributes)
    {
        _resource = resource;
        _lastScope = -1;
        _knownOfResource.Clear();
        _resourceTags.Release();
        _shared.WriteResource(attributes, attributes.Range, _knownOfResource, _resourceTags);
        _resourceTags.End();
    }

    /// <summary>Writes one span into the chunk that is open.</summary>
    /// <param name="span">Read from <paramref name="message"/>.</param>
    /// <param name="message">The span in wire form.</param>
    /// <param name="resource">The attributes of the resource entered.</param>
    /// <param name="scope">Its scope, among <see cref="Scopes"/>.</param>
    /// <param name="isFirst">Whether it is the first of its chunk, which has the chunk's decision among its tags.</param>
    /// <param name="decision">Of the chunk.</param>
    public void Write(
        in SpanReader span, ReadOnlySpan<byte> message, ReadOnlySpan<byte> resource, int scope, bool isFirst, ChunkDecision decision)
    {
        var traceId = SpanIds.TraceIdOf(span.TraceId);
        var spanId = SpanIds.SpanIdOf(span.SpanId);
        var parentId = SpanIds.SpanIdOf(span.ParentSpanId);
        if (parentId == spanId && parentId == (ulong)traceId)
            parentId = 0;
        var times = SpanTimes.Of(span.StartTimeUnixNano, span.EndTimeUnixNano, _time);
        var status = span.Status;
        var isError = status.Code == ErrorStatus;
        var kind = span.Kind is >= 0 and <= (int)OtlpSpanKind.Consumer ? (OtlpSpanKind)span.Kind : OtlpSpanKind.Unspecified;

        var start = _body.BeginMessage(F.ChunkSpans, SpanLengthBytes);
        _body.WriteVarintField(F.TraceId, (ulong)traceId);
        _body.WriteVarintField(F.SpanId, spanId);
        _body.WriteVarintField(F.ParentId, parentId);
        _body.WriteVarintField(F.Start, (ulong)times.Start);
        _body.WriteVarintField(F.Duration, (ulong)times.Duration);
        _body.WriteVarintField(F.Error, isError ? 1u : 0);

        _tags.Begin();
        _known.Clear();
        _peers.Begin();
        _tags.Add(TagKeys.SpanKind, NameOf(kind));
        WriteTraceId(span.TraceId, traceId);
        _tags.Add(TagKeys.StatusCode, StatusOf(status.Code));
        if (!status.Message.IsEmpty)
            _tags.Add(TagKeys.StatusDescription, WithoutCard(status.Message));
        if (!span.TraceState.IsEmpty)
            _tags.Add(TagKeys.TraceState, span.TraceState);
        var exception = default(SpanException);
        WriteEventsAndLinks(span, ref exception);

        var isGenerativeAI = _attributes.Write(span.Attributes, message);
        var facts = new SpanFacts(_known, message, _knownOfResource, resource) { Kind = kind, IsGenerativeAI = isGenerativeAI };
        var isTopLevel = parentId == 0 || kind is OtlpSpanKind.Server or OtlpSpanKind.Consumer;
        var isMeasured = IsMeasured(facts);
        if (isTopLevel)
            _tags.Add(TagKeys.TopLevel, 1);
        if (isMeasured)
            _tags.Add(TagKeys.Measured, 1);
        var weight = WeightOf(Decide(facts, span.TraceState, isFirst, decision));
        if ((_known.Present & Named) != 0)
            WriteNamed(facts);

        var httpStatus = HttpStatusOf(facts);
        if (httpStatus is { } code)
            _tags.Add(TagKeys.HttpStatusCode, code);
        SpanError.Write(_tags, facts, exception, isError, WithoutCard(status.Message), httpStatus ?? 0);
        Span<byte> grpcRoom = stackalloc byte[32];
        var grpcStatus = GrpcStatus.Of(facts, grpcRoom);
        if (!grpcStatus.IsEmpty)
            _tags.Add(TagKeys.GrpcStatusCode, grpcStatus);

        var type = SpanType.Of(facts);
        var system = facts.Text(AttributeKey.DatabaseSystemName, AttributeKey.DatabaseSystem);
        var family = SpanObfuscation.FamilyOf(type, system);
        var dialect = SpanObfuscation.DialectOf(system);
        var statement = _attributes.WriteStatements(facts, family, dialect);
        WriteShared(scope);

        var service = ServiceOf(facts);
        var name = _name.Of(facts);
        _body.WriteTextField(F.Service, service);
        _body.WriteTextField(F.Name, name);
        var resourceName = ResourceOf(facts, span.Name, name, statement, family, dialect);
        _body.WriteTextField(F.Resource, resourceName);
        _body.WriteTextField(F.Type, type);
        _body.EndMessage(start, SpanLengthBytes);

        if (_statistics is null || !(isTopLevel || isMeasured || kind > OtlpSpanKind.Internal))
            return;
        _statistics.Add(new SpanStatistics
        {
            Source = _resource!,
            Service = service,
            Name = name,
            Resource = resourceName,
            Type = type,
            Kind = kind == OtlpSpanKind.Unspecified ? default : NameOf(kind),
            HttpStatusCode = (uint)Math.Clamp(httpStatus ?? 0, 0, uint.MaxValue),
            HttpMethod = facts.Text(AttributeKey.HttpRequestMethod, AttributeKey.HttpMethod),
            HttpEndpoint = kind == OtlpSpanKind.Server ? facts.Text(AttributeKey.HttpRoute) : default,
            GrpcStatusCode = GrpcStatus.NumberOf(grpcStatus, stackalloc byte[32]),
            PeerTags = _peers.Of(kind),
            EndUnixNano = (ulong)times.Start + (ulong)times.Duration,
            DurationNano = times.Duration,
            Weight = weight,
            IsError = isError,
            IsTopLevel = isTopLevel,
            IsMeasured = isMeasured || kind > OtlpSpanKind.Internal,
            IsTraceRoot = parentId == 0,
            IsSynthetic = facts.SpanText(AttributeKey.Origin).StartsWith("synthetics"u8),
        });
    }

    /// <summary>Lets a span that is written later say what it says of the chunk.</summary>
    /// <param name="span">Read from <paramref name="message"/>.</param>
    /// <param name="message">The span in wire form.</param>
    /// <param name="decision">Of the chunk.</param>
    public void Foresee(SpanReader span, ReadOnlySpan<byte> message, ChunkDecision decision)
    {
        _known.Clear();
        _attributes.File(span.Attributes, message);
        Take(new SpanFacts(_known, message, _knownOfResource, default), span.TraceState, decision);
    }

    /// <summary>Gives memory back.</summary>
    public void Release()
    {
        _resource = null;
        _known.Release();
        _knownOfResource.Release();
        _peers.Release();
        _attributes.Release();
        _shared.Release();
        _resourceTags.Release();
        _json.Release();
        _events.Release();
        _obfuscator?.Release();
        Scopes.Release();
    }

    private static bool IsMeasured(in SpanFacts span) =>
        span.Kind is OtlpSpanKind.Client or OtlpSpanKind.Producer
        || (span.TryGetInteger(AttributeKey.Measured, out var measured) && measured == 1);

    private static long? HttpStatusOf(in SpanFacts span)
    {
        if (span.TryGetInteger(AttributeKey.HttpStatusCode, out var status) || span.TryGetInteger(AttributeKey.HttpResponseStatusCode, out status))
            return status >= 0 ? status : null;
        return null;
    }

    private static ReadOnlySpan<byte> NameOf(OtlpSpanKind kind) => kind switch
    {
        OtlpSpanKind.Internal => "internal"u8,
        OtlpSpanKind.Server => "server"u8,
        OtlpSpanKind.Client => "client"u8,
        OtlpSpanKind.Producer => "producer"u8,
        OtlpSpanKind.Consumer => "consumer"u8,
        _ => "unspecified"u8,
    };

    private static ReadOnlySpan<byte> StatusOf(int code) => code switch
    {
        1 => "Ok"u8,
        ErrorStatus => "Error"u8,
        _ => "Unset"u8,
    };

    /// <summary>Datadog's own field has the lower half of a trace's id only.</summary>
    private void WriteTraceId(ReadOnlySpan<byte> id, UInt128 traceId)
    {
        _json.Clear();
        SpanIds.WriteHex(id, SpanIds.TraceIdLength, _json);
        _tags.Add(TagKeys.TraceId, _json.Span);
        if ((ulong)(traceId >> 64) != 0)
            _tags.Add(TagKeys.TraceIdHigh, _json.Span[..(2 * sizeof(ulong))]);
    }

    private void WriteEventsAndLinks(in SpanReader span, ref SpanException exception)
    {
        if (!span.Events.IsEmpty)
        {
            _json.Clear();
            _events.WriteEvents(span.Events, _json, ref exception);
            _tags.Add(TagKeys.Events, _json.Span);
        }

        if (exception.IsPresent)
            _tags.Add(TagKeys.HasException, "true"u8);
        if (span.Links.IsEmpty)
            return;
        _json.Clear();
        _events.WriteLinks(span.Links, _json);
        _tags.Add(TagKeys.Links, _json.Span);
    }

    /// <summary>How many spans one stands for, of those that were not kept.</summary>
    private static double WeightOf(double? rate) => rate is > 0 and <= 1 ? Math.Min(1 / rate.Value, MaxWeight) : 1;

    /// <summary>Returns the probability with which spans like this were kept: a tracer's own goes before the trace state's.</summary>
    private double? Decide(in SpanFacts span, ReadOnlySpan<byte> traceState, bool isFirst, ChunkDecision decision)
    {
        var rate = Take(span, traceState, decision);
        if (span.TryGetNumber(AttributeKey.SampleRate, out var given))
            rate = given;
        else if (rate is { } told)
            _tags.Add(TagKeys.SampleRate, told);
        if (isFirst && decision.DecisionMaker is { IsEmpty: false } maker)
            _tags.Add(TagKeys.DecisionMaker, maker);
        return rate;
    }

    /// <summary>What a span says of its chunk; returns how likely spans like it are kept, where it says so.</summary>
    private static double? Take(in SpanFacts span, ReadOnlySpan<byte> traceState, ChunkDecision decision)
    {
        decision.TakeOrigin(span.SpanText(AttributeKey.Origin));
        if (span.TryGetNumber(AttributeKey.SamplingPriority, out var priority) || span.TryGetNumber(AttributeKey.SamplingPriorityV1, out priority))
            decision.Take(priority);
        if (traceState.IsEmpty)
            return null;
        var state = new TraceStateFacts(traceState);
        decision.Take(state);
        return state.SampleRate;
    }

    /// <summary>Tags under Datadog's name for what the span says under OpenTelemetry's; what the resource says is among its own.</summary>
    private void WriteNamed(in SpanFacts span)
    {
        Span<byte> room = stackalloc byte[DatadogTags.Room];
        var environment = span.SpanText(AttributeKey.DeploymentEnvironmentName);
        if (environment.IsEmpty)
            environment = span.SpanText(AttributeKey.DeploymentEnvironment);
        if (!environment.IsEmpty)
            _tags.Add(TagKeys.Environment, DatadogTags.NormalizeValue(environment, room));
        if (span.SpanText(AttributeKey.ServiceVersion) is { IsEmpty: false } version)
            _tags.Add(TagKeys.Version, DatadogTags.NormalizeValue(version, room));
        if (span.SpanText(AttributeKey.DatabaseNamespace) is { IsEmpty: false } database)
            _tags.Add(TagKeys.DatabaseName, WithoutCard(database));
    }

    /// <summary>Scope and resource seldom have a key in common; whether they do is found out once for all spans of both.</summary>
    private void WriteShared(int scope)
    {
        if (scope != _lastScope)
        {
            _lastScope = scope;
            _overlaps = Scopes.MayOverlap(scope, _resourceTags, ResourceBlock);
        }

        Scopes.CopyTo(scope, _tags, _body, _overlaps);
        _resourceTags.CopyTo(ResourceBlock, _tags, _body, isNoted: false);
    }

    private ReadOnlySpan<byte> WithoutCard(ReadOnlySpan<byte> text) =>
        _obfuscator is null ? text : _obfuscator.Apply(ObfuscationKind.CardNumber, text);

    private ReadOnlySpan<byte> ServiceOf(in SpanFacts span)
    {
        var service = span.SpanText(AttributeKey.ServiceName);
        return service.IsEmpty ? _resource!.SpanService : DatadogTags.NormalizeService(service, _resource!.Language, _serviceRoom);
    }

    private ReadOnlySpan<byte> ResourceOf(
        in SpanFacts span,
        ReadOnlySpan<byte> spanName,
        ReadOnlySpan<byte> name,
        HiddenStatement statement,
        SpanFamily family,
        SqlDialect dialect)
    {
        var resource = _resourceName.Of(span, spanName, out var isStatement);
        if (_obfuscator is not null)
        {
            var kind = SpanObfuscation.StatementOf(family);
            if (!isStatement || family > SpanFamily.Sql)
                resource = _obfuscator.Resource(family, resource, dialect);
            else
                resource = statement.IsOf(resource, kind) ? statement.Text : _obfuscator.Apply(kind, resource, dialect);
        }

        return resource.IsEmpty ? name : DatadogTags.Cut(resource, SpanResource.MaxLength);
    }
}
