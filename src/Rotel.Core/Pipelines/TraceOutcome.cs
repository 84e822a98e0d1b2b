namespace Rotel.Pipelines;

/// <summary>What became of the spans of one trace that have been accepted.</summary>
/// <param name="Spans">How many that are.</param>
/// <param name="Worst">The worst that happened to any of them at any destination, as far as they are finished.</param>
internal readonly record struct TraceOutcome(int Spans, DeliveryStatus Worst);
