using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>A pipeline that is carried over: the only one of its signal.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Processors">Ids, in order.</param>
/// <param name="Exporters">Ids, those of merged pipelines included.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record CollectorPipeline(OtlpSignal Signal, IReadOnlyList<string> Processors, IReadOnlyList<string> Exporters, Place Place);
