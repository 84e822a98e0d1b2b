using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>Makes the ways into one collector, each counted under the name of its receiver.</summary>
internal sealed class IntakeFactory(
    BufferPool pool, TimeProvider time, BackgroundWorkers workers, RotelMetrics metrics, StarvationRelief? relief)
{
    /// <summary>As <see cref="Intake.MarksOwn"/>.</summary>
    public bool MarksOwn { get; init; }

    public Intake Create(string receiver, Pipeline?[] pipelines, IntakeSettings settings) =>
        Create(LedgersOf(receiver), pipelines, settings);

    /// <summary>One of several ways into the same receiver.</summary>
    public Intake Create(ReceiverLedger[] ledgers, Pipeline?[] pipelines, IntakeSettings settings) =>
        new(pool, time, workers, settings, pipelines, ledgers) { Relief = relief, MarksOwn = MarksOwn };

    /// <summary>New ledgers, by signal; once for each name.</summary>
    public ReceiverLedger[] LedgersOf(string receiver)
    {
        var ledgers = new ReceiverLedger[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.All)
            ledgers[(int)signal] = metrics.AddReceiver(receiver, signal);
        return ledgers;
    }
}
