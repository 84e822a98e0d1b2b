using Microsoft.Extensions.Logging;

namespace Rotel.Pipelines;

/// <summary>What a receiver is given beside its options: everything ambient comes through here, nothing is looked up.</summary>
/// <param name="Name">The receiver's name in settings, logs and metrics.</param>
/// <param name="Intake">
/// Where what it receives goes; it lends the buffers. A signal that <see cref="Intake.Accepts"/> denies has no exporter.
/// </param>
/// <param name="Time">The clock, and timers that a starved thread pool does not stop.</param>
/// <param name="Logger">In a category below <c>Rotel</c>.</param>
internal sealed record ReceiverContext(string Name, Intake Intake, TimeProvider Time, ILogger Logger);
