using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Rotel.EndToEnd;

/// <summary>What the OpenTelemetry SDK says of losses of its own: a full queue, an export that failed. It says so nowhere else.</summary>
internal sealed class SdkWarnings : EventListener
{
    // Events can come before the constructor has run.
    private readonly ConcurrentQueue<string> _lines = new();

    public override string ToString() => string.Join("; ", _lines.Distinct().Take(20));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith("OpenTelemetry-", StringComparison.Ordinal))
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        _lines?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? (IReadOnlyCollection<object?>)[])}");
}
