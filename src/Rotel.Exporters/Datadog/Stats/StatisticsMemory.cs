using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>What the statistics of one exporter may occupy, each byte charged to the budget, too. Safe for concurrent use.</summary>
internal sealed class StatisticsMemory(ByteBudget budget, long limit)
{
    private long _reserved;

    public long Reserved => Volatile.Read(ref _reserved);

    /// <param name="bytes">How many.</param>
    /// <param name="isOverdraft">For the few groups that count what no longer has room: always granted.</param>
    public bool TryReserve(int bytes, bool isOverdraft)
    {
        if (isOverdraft)
        {
            Interlocked.Add(ref _reserved, bytes);
            budget.ReserveOverdraft(bytes);
            return true;
        }

        if (Interlocked.Add(ref _reserved, bytes) <= limit && budget.TryReserve(bytes))
            return true;
        Interlocked.Add(ref _reserved, -bytes);
        return false;
    }

    public void Release(long bytes)
    {
        if (bytes == 0)
            return;
        Interlocked.Add(ref _reserved, -bytes);
        budget.Release(bytes);
    }
}
