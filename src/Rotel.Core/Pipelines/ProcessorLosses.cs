using Rotel.Diagnostics;

namespace Rotel.Pipelines;

/// <summary>
/// What processors left out of a payload, counted once the rest is accepted: a request that is refused comes again and loses the same
/// items again. Immutable; a payload carries the newest link of the chain.
/// </summary>
/// <param name="Ledger">Of the processor.</param>
/// <param name="Reason">Why.</param>
/// <param name="Items">How many; above 0.</param>
/// <param name="Earlier">What processors before it left out.</param>
internal sealed record ProcessorLosses(ProcessorLedger Ledger, ProcessorLossReason Reason, int Items, ProcessorLosses? Earlier)
{
    /// <summary>Adds the whole chain to the ledgers.</summary>
    public void Count()
    {
        for (var losses = this; losses is not null; losses = losses.Earlier)
            losses.Ledger.CountDropped(losses.Reason, losses.Items);
    }
}
