using System.Diagnostics;
using OpenTelemetry;

namespace Rotel.HandOff;

/// <summary>Stands in for the exporter where Rotel is switched off or exports no traces: an SDK builder must be given something.</summary>
internal sealed class UnwantedActivities : BaseProcessor<Activity>;
