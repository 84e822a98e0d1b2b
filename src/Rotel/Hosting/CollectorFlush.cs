using System.Buffers.Binary;
using System.Diagnostics;
using Rotel.Configuration;

namespace Rotel.Hosting;

/// <summary>What <see cref="IRotel"/> promises to those who cannot wait for the end of the process.</summary>
internal static class CollectorFlush
{
    /// <summary>Between two tries of what failed; whoever flushes with a deadline has no later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>As <see cref="IRotel.TryFlushAsync(TimeSpan)"/>; true where there is no collector.</summary>
    public static async Task<bool> TryFlushAsync(Collector? collector, TimeSpan deadline)
    {
        if (collector is null)
            return true;

        using var late = new CancellationTokenSource(deadline, collector.Time);
        var flushed = collector.FlushAsync(late.Token);
        while (true)
        {
            await flushed.WaitAsync(LongestWait, collector.Time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (flushed.IsCompleted)
                break;
            foreach (var queue in collector.Queues)
                queue.CutWaitsShort();
        }

        await flushed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (flushed.IsFaulted)
            await flushed.ConfigureAwait(false);
        return flushed.IsCompletedSuccessfully;
    }

    /// <summary>As <see cref="IRotel.WaitForDeliveryAsync"/>.</summary>
    public static async Task<TraceDelivery> WaitForDeliveryAsync(
        Collector? collector, ActivityTraceId traceId, int spans, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(spans, 1);
        if (collector is null)
            throw new InvalidOperationException("Rotel is switched off (ROTEL_ENABLED or Enabled is false): nothing is delivered.");
        if (collector.Traces is not { } traces)
        {
            throw new InvalidOperationException(
                $"No trace is remembered: set {nameof(RotelOptions)}.{nameof(RotelOptions.RememberedTraces)}, or "
                    + $"{SettingScope.Global.For(OperationSettings.RememberedTraces)}, to how many to remember, such as 1000.");
        }

        // A flush waits for all that was accepted, and this for one trace: whoever comes first, the flush has then done its part.
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flushed = collector.FlushAsync(done.Token);
        try
        {
            return new TraceDelivery(await traces.WaitAsync(IdOf(traceId), spans, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await flushed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static UInt128 IdOf(ActivityTraceId traceId)
    {
        Span<byte> bytes = stackalloc byte[16];
        traceId.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
