using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Memory;

namespace Rotel.Pipelines;

/// <summary>What a built-in processor is given beside its options: everything ambient comes through here, nothing is looked up.</summary>
/// <param name="Name">The processor's name in settings, logs and metrics.</param>
/// <param name="Pool">Where its buffers come from.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">In a category below <c>Rotel</c>.</param>
/// <param name="Ledger">Where what it leaves out is counted: not directly, but by the <see cref="ProcessorLosses"/> of the payload.</param>
internal sealed record ProcessorSetup(string Name, BufferPool Pool, TimeProvider Time, ILogger Logger, ProcessorLedger Ledger);
