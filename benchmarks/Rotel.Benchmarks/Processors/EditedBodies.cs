using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Processors;

/// <summary>Bodies as validated payloads that processors are given again and again, without a copy.</summary>
internal sealed class EditedBodies(OtlpSignal signal, IEnumerable<byte[]> bodies, BufferPool pool)
{
    private readonly OtlpPayload[] _payloads = [.. bodies.Select(body => Payload(signal, body, pool))];

    public static ProcessorSetup Setup(OtlpSignal signal, BufferPool pool) =>
        new("processor", pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("processor", signal));

    /// <returns>How many items are left, so that two ways of one edit can be compared.</returns>
    public int Process(IPayloadProcessor processor)
    {
        var items = 0;
        foreach (var payload in _payloads)
        {
            payload.AddReference();
            using var left = processor.Process(payload);
            items += left?.ItemCount ?? 0;
        }

        return items;
    }

    private static OtlpPayload Payload(OtlpSignal signal, byte[] body, BufferPool pool)
    {
        var buffer = pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(signal, buffer, body.Length, StandardLoad.ItemsPerRequest) { IsValidated = true, IsCanonical = true };
    }
}
