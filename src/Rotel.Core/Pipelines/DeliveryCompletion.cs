using System.Diagnostics;

namespace Rotel.Pipelines;

/// <summary>
/// Carried by a payload whose sender wants to know how it ended. Counts the pieces still under way (pieces x destinations) and reports
/// once, when the last is finished, the worst that happened. It starts with one pending part, held by the intake until the payload is
/// admitted, so that it cannot report early. A retry of a piece does not count twice. Thread-safe.
/// </summary>
internal abstract class DeliveryCompletion
{
    private int _pending = 1;
    private int _worst;

    /// <summary>
    /// True when the sender keeps its data until it is told how it ended, so that it always waits for room: no queue drops for it or drops it
    /// on arrival, whatever its overflow policy.
    /// </summary>
    public virtual bool AlwaysBlocks => false;

    /// <summary>
    /// True when the sender has the data until it is told that it was delivered, and sends it again otherwise: it is not written to a disk
    /// queue, which would only deliver it twice.
    /// </summary>
    public virtual bool SenderKeeps => false;

    /// <summary>
    /// True when the sender only wants to know that its data cannot be lost with the process: it is told <see cref="DeliveryStatus.Delivered"/>
    /// as soon as the payload is in the disk queue, and nothing of what happens to it afterwards.
    /// </summary>
    public virtual bool EndsWhenDurable => false;

    /// <summary>Announces parts that will be finished later; call it before they can be.</summary>
    public virtual void AddPending(int parts)
    {
        var before = Interlocked.Add(ref _pending, parts) - parts;
        Debug.Assert(before > 0, "parts added after the completion was reported");
    }

    /// <summary>Says that one part is finished.</summary>
    public void Complete(DeliveryStatus status)
    {
        var worst = Volatile.Read(ref _worst);
        while ((int)status > worst)
        {
            var seen = Interlocked.CompareExchange(ref _worst, (int)status, worst);
            if (seen == worst)
                break;
            worst = seen;
        }

        var left = Interlocked.Decrement(ref _pending);
        Debug.Assert(left >= 0, "more parts finished than announced");
        if (left == 0)
            OnCompleted((DeliveryStatus)Volatile.Read(ref _worst));
    }

    /// <summary>Called once, on whichever thread finished the last part; must be short and must not throw.</summary>
    protected abstract void OnCompleted(DeliveryStatus worst);
}
