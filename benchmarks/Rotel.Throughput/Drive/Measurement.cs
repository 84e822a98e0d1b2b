using Rotel.Throughput.Children;
using Rotel.Throughput.Load;

namespace Rotel.Throughput.Drive;

/// <summary>What one run of one scenario showed.</summary>
/// <param name="Load">What the clients saw.</param>
/// <param name="Before">The collector's counters between the warm-up and the measured load, with nothing under way.</param>
/// <param name="After">The same after the measured load, when all of it had arrived at the backend.</param>
/// <param name="DeliveredItems">Items of the measured load that arrived at the backend.</param>
/// <param name="DrainTime">From the last answer to a client to the last arrival at the backend.</param>
internal sealed record Measurement(LoadReport Load, ProcessCounters Before, ProcessCounters After, long DeliveredItems, TimeSpan DrainTime)
{
    public double ItemsPerSecond => Load.ItemsPerSecond;

    /// <summary>Processor seconds of the collector per million items: the figure that holds still on a noisy machine.</summary>
    public double CpuSecondsPerMillion => PerItem(After.CpuMicroseconds - Before.CpuMicroseconds);

    public double AllocatedBytesPerItem => PerItem(After.AllocatedBytes - Before.AllocatedBytes);

    /// <summary>What was written to files, which for a disk queue says how much went through it.</summary>
    public double FileBytesPerItem => PerItem(After.FileBytes - Before.FileBytes);

    public double PeakResidentMegabytes => After.PeakResidentBytes / 1e6;

    public double P50Milliseconds => Load.P50Microseconds / 1e3;

    public double P99Milliseconds => Load.P99Microseconds / 1e3;

    public double DrainSeconds => DrainTime.TotalSeconds;

    public double Collections => After.Collections - Before.Collections;

    /// <summary>The just-in-time compiler's share of the measured processor time, in percent: above a few, the warm-up was too
    /// short.</summary>
    public double CompilationPercent => After.CompilationPercentSince(Before);

    /// <summary>The share of librdkafka's own threads in the processor time, in percent.</summary>
    public double KafkaClientPercent =>
        100.0 * (After.KafkaClientMicroseconds - Before.KafkaClientMicroseconds) / Math.Max(1, After.CpuMicroseconds - Before.CpuMicroseconds);

    /// <summary>Requests that were refused, went without an answer, or never got their turn.</summary>
    public long NotAccepted => Load.Refused + Load.Unanswered + Load.Unsent;

    /// <summary>Accepted and never delivered; negative when the backend got more than was accepted.</summary>
    public long LostItems => Load.AcceptedItems - DeliveredItems;

    private double PerItem(long amount) => Load.AcceptedItems == 0 ? double.NaN : (double)amount / Load.AcceptedItems;
}
