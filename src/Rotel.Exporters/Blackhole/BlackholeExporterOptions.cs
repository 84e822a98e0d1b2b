using Rotel.Delivery;

namespace Rotel.Exporters.Blackhole;

/// <summary>Discards telemetry, for trying out and measuring everything before it.</summary>
public sealed class BlackholeExporterOptions : ExporterOptions;
