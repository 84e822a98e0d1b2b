namespace Rotel.Exporters.Datadog.Traces;

/// <summary>Tags of protobuf, field number and wire type, of what the trace intake takes.</summary>
internal static class TraceFields
{
    public const byte ChunkPriority = (1 << 3) | Varint;
    public const byte ChunkOrigin = (2 << 3) | Length;
    public const byte ChunkSpans = (3 << 3) | Length;
    public const byte ChunkTags = (4 << 3) | Length;

    public const byte Service = (1 << 3) | Length;
    public const byte Name = (2 << 3) | Length;
    public const byte Resource = (3 << 3) | Length;
    public const byte TraceId = (4 << 3) | Varint;
    public const byte SpanId = (5 << 3) | Varint;
    public const byte ParentId = (6 << 3) | Varint;
    public const byte Start = (7 << 3) | Varint;
    public const byte Duration = (8 << 3) | Varint;
    public const byte Error = (9 << 3) | Varint;
    public const byte Meta = (10 << 3) | Length;
    public const byte Metrics = (11 << 3) | Length;
    public const byte Type = (12 << 3) | Length;

    public const byte TracerContainerId = (1 << 3) | Length;
    public const byte TracerLanguage = (2 << 3) | Length;
    public const byte TracerVersion = (4 << 3) | Length;
    public const byte TracerChunks = (6 << 3) | Length;
    public const byte TracerTags = (7 << 3) | Length;
    public const byte TracerEnvironment = (8 << 3) | Length;
    public const byte TracerHost = (9 << 3) | Length;
    public const byte TracerAppVersion = (10 << 3) | Length;

    public const byte AgentHost = (1 << 3) | Length;
    public const byte AgentEnvironment = (2 << 3) | Length;
    public const byte AgentTracerPayloads = (5 << 3) | Length;
    public const byte AgentVersion = (7 << 3) | Length;
    public const byte AgentTargetRate = (8 << 3) | Fixed;
    public const byte AgentErrorRate = (9 << 3) | Fixed;

    private const byte Varint = 0;
    private const byte Fixed = 1;
    private const byte Length = 2;
}
