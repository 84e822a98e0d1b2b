namespace Rotel.Exporters.Datadog.Traces;

/// <summary>What the last event named <c>exception</c> tells of it; empty where it does not.</summary>
internal ref struct SpanException
{
    public bool IsPresent;
    public ReadOnlySpan<byte> Message;
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> StackTrace;
}
