using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Rotel.EndToEnd;

/// <summary>What the OpenTelemetry SDK says of losses of its own: a full queue, an export that failed. It says so nowhere else.</summary>
internal sealed class SdkWarnings : EventListener
{
    // Events can come before the constructor has run.
    private readonly ConcurrentQueue<string> _lines = new();
    private long _dropped;

    /// <summary>What its queues had no room for; it says so when it is disposed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public override string ToString() => string.Join("; ", _lines.Distinct().Take(20));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith("OpenTelemetry-", StringComparison.Ordinal))
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is { EventName: "ExistsDroppedExportProcessorItems", Payload: [.., long dropped] })
            Interlocked.Add(ref _dropped, dropped);
        _lines?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? (IReadOnlyCollection<object?>)[])}");
    }
}
