using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Exporters.Http;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using Scope = Rotel.Otlp.Fields.CollectorFields.ScopeEnvelope;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Turns spans into AgentPayloads: one TracerPayload for each resource, in it a chunk for each trace. Spans are only found while payloads
/// are appended, and mapped in their new order when the batch ends, straight into the payload they are sent in.
/// </summary>
internal sealed class TraceEncoder : SignalEncoder
{
    /// <summary>What Datadog takes at most, uncompressed. https://github.com/DataDog/datadog-agent/blob/main/pkg/trace/writer/trace.go</summary>
    public const int MaxPayloadBytes = 3_200_000;

    private const string NoIds = "A span without a trace id or a span id, which Datadog refuses.";
    private const string TooMuch = "A batch that would become larger than the memory budget: every span repeats the attributes of its resource.";

    private readonly ResourceCatalog _resources;
    private readonly TraceIndex _index;
    private readonly AgentPayloadWriter _payload;
    private readonly SpanMapper _mapper;
    private readonly Dictionary<UInt128, int> _scopes = [];
    private readonly int _maxPayloadBytes;
    private readonly long _maxBatchBytes;
    private long _wireBytes;
    private long _batchBytes;

    /// <summary>The one being written, in the chunk being written.</summary>
    private int _span;
    private int _chunk;

    /// <param name="pool">Where payloads are written; charged as overdraft, for encoding is what makes room.</param>
    /// <param name="options">Of the exporter; later changes do not count.</param>
    /// <param name="resources">Of the exporter.</param>
    /// <param name="statistics">Null computes none.</param>
    /// <param name="time">For spans without times.</param>
    /// <param name="maxPayloadBytes">Uncompressed; smaller in tests.</param>
    public TraceEncoder(
        BufferPool pool,
        DatadogExporterOptions options,
        ResourceCatalog resources,
        IStatisticsSink? statistics,
        TimeProvider time,
        int maxPayloadBytes = MaxPayloadBytes)
    {
        _resources = resources;
        _index = new TraceIndex(pool);
        var header = AgentPayloadWriter.HeaderOf(resources.DefaultHost.Span, resources.DefaultEnvironment.Span, ExporterHttpClient.UserAgent, pool);
        _payload = new AgentPayloadWriter(pool, header, maxPayloadBytes, DecideRest);
        _mapper = new SpanMapper(_payload.Body, pool, options, statistics, time);
        _maxPayloadBytes = maxPayloadBytes;
        _maxBatchBytes = pool.Budget.Limit;
    }

    /// <inheritdoc/>
    /// <remarks>The payload is read again in <see cref="Close"/>; until then a reference to it is held.</remarks>
    public override void Append(OtlpPayload payload, PayloadSink sink)
    {
        var body = payload.Body.Span;
        var number = _index.Add(payload);
        _wireBytes += body.Length;
        foreach (var resource in new TracesReader(body))
        {
            var resourceNumber = _index.ResourceOf(resource.Resource.Attributes);
            var scopes = resource.Scopes;
            for (var envelopes = new WireReader(scopes.Range); envelopes.TryReadTag(out uint tag);)
            {
                if (tag == scopes.Tag)
                    AppendScope(envelopes.ReadBytes(), body, number, resourceNumber, payload.IsCanonical, sink);
                else
                    envelopes.Skip(tag);
            }
        }
    }

    public override void Close(PayloadSink sink)
    {
        // Spans become larger than they were by what they repeat of their resource.
        _payload.Body.Reserve((int)Math.Min(2 * _wireBytes, _maxPayloadBytes));
        for (var resource = 0; resource < _index.ResourceCount; resource++)
        {
            if (_index.FirstChunkOf(resource) >= 0)
                WriteResource(resource, sink);
        }

        _payload.Close(sink);
        Abandon();
    }

    public override void Abandon()
    {
        _payload.Release();
        _mapper.Release();
        _index.Release();
        _scopes.Clear();
        _wireBytes = 0;
        _batchBytes = 0;
    }

    public override void Dispose() => Abandon();

    private void AppendScope(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> body, int payload, int resource, bool isCanonical, PayloadSink sink)
    {
        // In a canonical body a scope stands before its spans, and the walk that looks for it is spared.
        var scope = isCanonical ? -1 : NumberOf(ScopeEnvelopeReader<SpanReader>.Read(envelope).Scope);
        for (var reader = new WireReader(envelope); reader.TryReadTag(out uint tag);)
        {
            switch (tag)
            {
                case (Scope.Scope << 3) | Len when isCanonical:
                    scope = NumberOf(InstrumentationScopeReader.Read(reader.ReadBytes()));
                    break;
                case (Scope.Items << 3) | Len:
                    if (scope < 0)
                        scope = NumberOf(default);
                    var span = reader.ReadBytes();
                    body.Overlaps(span, out var start);
                    var traceId = TraceIdOf(span);
                    if (traceId == 0)
                        sink.Reject(1, NoIds);
                    else
                        _index.Add(payload, start, span.Length, traceId, resource, scope);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>Encoders write the trace's id first; what follows, and may say something else, is looked at when the span is mapped.</summary>
    private static UInt128 TraceIdOf(ReadOnlySpan<byte> span)
    {
        const byte tag = (1 << 3) | Len;
        var seems = span.Length > SpanIds.TraceIdLength + 1 && span[0] == tag && span[1] == SpanIds.TraceIdLength
            ? SpanIds.TraceIdOf(span.Slice(2, SpanIds.TraceIdLength))
            : UInt128.Zero;
        return seems == 0 ? SpanIds.TraceIdOf(SpanReader.Read(span).TraceId) : seems;
    }

    /// <summary>Scopes that make the same tags are one.</summary>
    private int NumberOf(InstrumentationScopeReader scope)
    {
        _mapper.WriteScope(scope);
        var hash = TagKey.LongHashOf(_mapper.Scopes.Open);
        if (_scopes.TryGetValue(hash, out var known))
        {
            _mapper.Scopes.Undo();
            return known;
        }

        known = _mapper.Scopes.End();
        _scopes.Add(hash, known);
        return known;
    }

    private void WriteResource(int resource, PayloadSink sink)
    {
        var attributes = _index.AttributesOf(resource);
        var known = _resources.Of(attributes);
        _payload.Enter(known);
        _mapper.Enter(known, attributes.Attributes);
        for (var chunk = _index.FirstChunkOf(resource); chunk >= 0; chunk = _index.NextChunk(chunk))
            WriteChunk(resource, chunk, attributes.Attributes.Range, sink);
    }

    private void WriteChunk(int resource, int chunk, ReadOnlySpan<byte> attributes, PayloadSink sink)
    {
        _payload.BeginChunk();
        _chunk = chunk;
        for (var span = _index.FirstSpanOf(chunk); span >= 0; span = _index.NextSpan(span))
            WriteSpan(resource, chunk, span, attributes, sink);
        _payload.EndChunk();
    }

    private void WriteSpan(int resource, int chunk, int span, ReadOnlySpan<byte> attributes, PayloadSink sink)
    {
        var message = _index.BytesOf(span);
        var reader = SpanReader.Read(message);
        var traceId = SpanIds.TraceIdOf(reader.TraceId);
        if ((ulong)traceId == 0 || SpanIds.SpanIdOf(reader.SpanId) == 0)
        {
            sink.Reject(1, NoIds);
            return;
        }

        if (traceId != _index.TraceIdOf(chunk))
        {
            _index.Readdress(span, traceId, resource);
            return;
        }

        if (_batchBytes > _maxBatchBytes)
        {
            sink.Reject(1, TooMuch);
            return;
        }

        _span = span;
        var start = _payload.Body.Length;
        _mapper.Write(reader, message, attributes, _index.ScopeOf(span), _payload.ChunkSpans == 0, _payload.Decision);
        _batchBytes += _payload.Body.Length - start;
        _payload.EndSpan(start, sink);
    }

    /// <summary>A chunk that is sent in parts says the same in each, also what only its last span says.</summary>
    private void DecideRest()
    {
        if (!_payload.Decision.IsOpen)
            return;
        for (var span = _index.NextSpan(_span); span >= 0; span = _index.NextSpan(span))
        {
            var message = _index.BytesOf(span);
            var reader = SpanReader.Read(message);
            if (SpanIds.TraceIdOf(reader.TraceId) == _index.TraceIdOf(_chunk))
                _mapper.Foresee(reader, message, _payload.Decision);
        }

        _payload.Decision.Close();
    }
}
