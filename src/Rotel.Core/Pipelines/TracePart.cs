namespace Rotel.Pipelines;

/// <summary>The spans of one trace in one payload.</summary>
internal readonly record struct TracePart(WatchedTrace Trace, int Spans);
