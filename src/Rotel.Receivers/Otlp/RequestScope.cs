using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>How long one request may wait, and whether its sender is still there.</summary>
internal readonly record struct RequestScope(IngestDeadlines Deadlines, CancellationToken SenderGone);
