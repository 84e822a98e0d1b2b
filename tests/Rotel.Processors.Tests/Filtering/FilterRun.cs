using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Filtering;

/// <summary>What a filter made of one body.</summary>
/// <param name="Body">Null where nothing is left.</param>
/// <param name="IsSame">Whether the payload itself went on.</param>
/// <param name="Removed">The items that are counted as filtered.</param>
/// <param name="Left">The number of items the payload says it has.</param>
internal sealed record FilterRun(byte[]? Body, bool IsSame, int Removed, int Left)
{
    public static FilterRun Of(FilterOptions options, OtlpSignal signal, byte[] body)
    {
        var pool = new BufferPool(new ByteBudget(256 * 1024 * 1024));
        var ledger = new ProcessorLedger("filter", signal);
        var setup = new ProcessorSetup("filter", pool, TimeProvider.System, NullLogger.Instance, ledger);
        var processor = new FilterProcessorType().Create(options, signal, setup);

        var validation = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid);
        var buffer = pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        var payload = new OtlpPayload(signal, buffer, body.Length, validation.ItemCount)
        {
            IsCanonical = validation.IsCanonical,
            IsValidated = true,
        };

        var result = processor is null ? payload : processor.Process(payload);
        result?.Losses?.Count();
        var removed = (int)ledger.Dropped(ProcessorLossReason.Filtered);
        var run = new FilterRun(result?.Body.ToArray(), ReferenceEquals(result, payload), removed, result?.ItemCount ?? 0);
        result?.Dispose();
        Assert.Equal(0, pool.Budget.Reserved);
        return run;
    }
}
