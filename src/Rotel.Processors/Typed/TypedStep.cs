using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Processors.Typed;

/// <summary>One step of the user's in one pipeline.</summary>
/// <param name="Name">In logs and metrics.</param>
/// <param name="Source">Of its object.</param>
/// <param name="Options">Valid, and not changed any more.</param>
/// <param name="Ledger">Of this step and signal.</param>
/// <param name="Logger">What its context has: category <c>Rotel.Processor.{name}</c>.</param>
internal sealed record TypedStep(
    string Name, TypedSource Source, TypedProcessorOptions Options, ProcessorLedger Ledger, ILogger Logger);
