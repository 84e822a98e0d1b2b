using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// What of one span counts in APM statistics, as its Datadog span has it: names are mapped, normalised and obfuscated. The texts are the
/// caller's and are copied where they are kept.
/// </summary>
internal ref struct SpanStatistics
{
    /// <summary>Host, environment, version and container of the span, where it does not name them itself.</summary>
    public DatadogResource Source;

    public ReadOnlySpan<byte> Service;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Resource;
    public ReadOnlySpan<byte> Type;

    /// <summary><c>server</c>, <c>client</c>, …; empty when unspecified.</summary>
    public ReadOnlySpan<byte> Kind;

    /// <summary>0 when it has none.</summary>
    public uint HttpStatusCode;

    public ReadOnlySpan<byte> HttpMethod;

    /// <summary>The route of a server's span.</summary>
    public ReadOnlySpan<byte> HttpEndpoint;

    /// <summary>The number as text; empty when it has none.</summary>
    public ReadOnlySpan<byte> GrpcStatusCode;

    /// <summary><c>key:value</c> in order, each as length (varint) and text: what a client, producer or consumer talks to.</summary>
    public ReadOnlySpan<byte> PeerTags;

    public ulong EndUnixNano;
    public long DurationNano;

    /// <summary>How many spans it stands for where a sampler kept it for others: 1 over the probability. Below 1 it is one.</summary>
    public double Weight;
    public bool IsError;
    public bool IsTopLevel;

    /// <summary>Marked <c>_dd.measured</c>, or of a kind that is always measured.</summary>
    public bool IsMeasured;

    /// <summary>Without a parent.</summary>
    public bool IsTraceRoot;
    public bool IsSynthetic;
}
