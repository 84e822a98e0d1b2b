using System.Text;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using F = Rotel.Exporters.Datadog.Traces.TraceFields;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Puts chunks of spans together to AgentPayloads and closes one before it is too large: between chunks where it can, within a chunk that
/// alone is too large. Spans are written into <see cref="Body"/> by another, and this writes what is around them.
/// </summary>
/// <param name="pool">For payloads.</param>
/// <param name="header">Of <see cref="HeaderOf"/>.</param>
/// <param name="maxBytes">Of a payload, uncompressed.</param>
/// <param name="decideRest">Completes the decision of a chunk that is sent in parts, from its spans that are not written yet.</param>
internal sealed class AgentPayloadWriter(BufferPool pool, byte[] header, int maxBytes, Action decideRest)
{
    private const int TracerLengthBytes = 4;
    private const int ChunkLengthBytes = 2;

    /// <summary>What ends a chunk and a payload at most: priority, origin, tags, and lengths of more bytes than was thought.</summary>
    private const int EndLength = 512;

    private readonly PooledBytes _carried = new(pool);
    private readonly ChunkDecision _decision = new();
    private DatadogResource? _resource;
    private int _tracerStart;
    private int _chunkStart;
    private int _closedSpans;
    private int _chunkSpans;
    private bool _hasTracer;
    private bool _hasChunksOfTracer;
    private bool _hasChunks;

    /// <summary>The payload being written.</summary>
    public PooledBytes Body { get; } = new(pool);

    /// <summary>What the spans of the open chunk say of it.</summary>
    public ChunkDecision Decision => _decision;

    /// <summary>Spans of the open chunk, of this payload.</summary>
    public int ChunkSpans => _chunkSpans;

    /// <summary>What AgentPayloads start with, whatever spans they have.</summary>
    /// <param name="host">Of the exporter.</param>
    /// <param name="environment">Of the exporter.</param>
    /// <param name="version">Of Rotel.</param>
    /// <param name="pool">For the time of this call.</param>
    public static byte[] HeaderOf(ReadOnlySpan<byte> host, ReadOnlySpan<byte> environment, string version, BufferPool pool)
    {
        // What Datadog's agent samples by default. Nothing is sampled here; the numbers tell the intake that nothing more was.
        const double rate = 10;
        using var bytes = new PooledBytes(pool);
        bytes.WriteTextField(F.AgentHost, host);
        bytes.WriteTextField(F.AgentEnvironment, environment);
        bytes.WriteTextField(F.AgentVersion, Encoding.UTF8.GetBytes(version));
        bytes.WriteDoubleField(F.AgentTargetRate, rate);
        bytes.WriteDoubleField(F.AgentErrorRate, rate);
        return bytes.Span.ToArray();
    }

    /// <summary>What follows are chunks of a resource.</summary>
    public void Enter(DatadogResource resource)
    {
        EndTracer();
        _resource = resource;
    }

    public void BeginChunk()
    {
        _decision.Clear();
        OpenChunk();
    }

    /// <summary>Ends a span that was written behind all others; false when it alone is too large, and gone.</summary>
    /// <param name="start">Where it starts in the body.</param>
    /// <param name="sink">Takes the payload that is full.</param>
    public bool EndSpan(int start, PayloadSink sink)
    {
        if (Body.Length > maxBytes - EndLength && !MakeRoom(start, sink))
        {
            sink.RejectOversized();
            return false;
        }

        _chunkSpans++;
        return true;
    }

    public void EndChunk()
    {
        if (_chunkSpans == 0)
        {
            Body.Length = _chunkStart - ChunkLengthBytes - 1;
            return;
        }

        // An int32 that is negative is ten bytes long: it is extended to 64 bits first.
        Body.WriteVarintField(F.ChunkPriority, (ulong)(long)_decision.Priority);
        Body.WriteTextField(F.ChunkOrigin, _decision.Origin);
        Body.WriteEntry(F.ChunkTags, "_dd.otlp_sr"u8, "1.00"u8);
        if (!_decision.DecisionMaker.IsEmpty)
            Body.WriteEntry(F.ChunkTags, TagKeys.DecisionMaker.Bytes, _decision.DecisionMaker);
        Body.EndMessage(_chunkStart, ChunkLengthBytes);
        _closedSpans += _chunkSpans;
        _chunkSpans = 0;
        _hasChunksOfTracer = true;
        _hasChunks = true;
    }

    /// <summary>Closes the payload, if there is one.</summary>
    public void Close(PayloadSink sink)
    {
        EndTracer();
        if (_hasChunks)
            sink.Add(DatadogIntake.Traces, Body, _closedSpans);
        Body.Clear();
        _closedSpans = 0;
        _hasChunks = false;
    }

    /// <summary>Forgets what is open and gives memory back.</summary>
    public void Release()
    {
        Body.Release();
        _carried.Release();
        _resource = null;
        _closedSpans = 0;
        _chunkSpans = 0;
        _hasTracer = false;
        _hasChunks = false;
    }

    /// <summary>Brings the last span into a payload that has room for it: with its chunk, if that fits, and otherwise without.</summary>
    private bool MakeRoom(int spanStart, PayloadSink sink)
    {
        if (_hasChunks)
        {
            var spans = _chunkSpans;
            var inChunk = spanStart - _chunkStart;
            Carry(_chunkStart);
            Body.Length = _chunkStart - ChunkLengthBytes - 1;
            Close(sink);
            OpenChunk();
            _chunkSpans = spans;
            spanStart = _chunkStart + inChunk;
            Body.Write(_carried.Span);
        }

        if (Body.Length > maxBytes - EndLength && _chunkSpans > 0)
        {
            Carry(spanStart);
            decideRest();
            EndChunk();
            Close(sink);
            OpenChunk();
            spanStart = Body.Length;
            Body.Write(_carried.Span);
        }

        _carried.Clear();
        if (Body.Length <= maxBytes - EndLength)
            return true;
        Body.Length = spanStart;
        return false;
    }

    private void Carry(int start)
    {
        _carried.Clear();
        _carried.Write(Body.Span[start..]);
        Body.Length = start;
    }

    private void OpenChunk()
    {
        if (Body.IsEmpty)
            Body.Write(header);
        if (!_hasTracer)
            OpenTracer(_resource!);
        _chunkSpans = 0;
        _chunkStart = Body.BeginMessage(F.TracerChunks, ChunkLengthBytes);
    }

    private void OpenTracer(DatadogResource resource)
    {
        _hasTracer = true;
        _hasChunksOfTracer = false;
        _tracerStart = Body.BeginMessage(F.AgentTracerPayloads, TracerLengthBytes);
        Body.WriteTextField(F.TracerContainerId, resource.ContainerId);
        Body.WriteTextField(F.TracerLanguage, resource.Language);
        Body.WriteTextField(F.TracerVersion, resource.TracerVersion);
        if (resource.ContainerTagList.Length > 0)
            Body.WriteEntry(F.TracerTags, "_dd.tags.container"u8, resource.ContainerTagList);
        Body.WriteTextField(F.TracerEnvironment, resource.Environment);
        Body.WriteTextField(F.TracerHost, resource.Host);
        Body.WriteTextField(F.TracerAppVersion, resource.Version);
    }

    /// <summary>A tracer without chunks, whose spans were all too large, goes: what it says may leave no room for others.</summary>
    private void EndTracer()
    {
        if (_hasTracer && _hasChunksOfTracer)
            Body.EndMessage(_tracerStart, TracerLengthBytes);
        else if (_hasTracer)
            Body.Length = _tracerStart - TracerLengthBytes - 1;
        _hasTracer = false;
    }
}
