using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Editing;

/// <summary>Measures what a processor of traces allocates for one body, once its own memory has grown to what it needs.</summary>
internal sealed class AllocationBench
{
    private const int WarmUp = 5;

    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly EditingProcessor _processor;

    public AllocationBench(BodyEditor editor) => _processor = new EditingProcessor(
        editor,
        new ProcessorSetup("tested", _pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("tested", OtlpSignal.Traces)));

    public long Allocated(byte[] body)
    {
        var allocated = 0L;
        for (var i = 0; i <= WarmUp; i++)
        {
            var validation = OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.Untrusted);
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, validation.ItemCount)
            {
                IsCanonical = validation.IsCanonical,
                IsValidated = true,
            };
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = _processor.Process(payload);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            result?.Dispose();
        }

        return allocated;
    }
}
