using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>How long one request may wait, whether its sender is still there, and what is kept of its headers.</summary>
internal readonly record struct RequestScope(IngestDeadlines Deadlines, RequestMetadata? Metadata, CancellationToken SenderGone);
