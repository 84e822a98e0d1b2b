using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>Makes the ways into one collector, each with ledgers of its own under the name of its receiver.</summary>
internal sealed class IntakeFactory(
    BufferPool pool, TimeProvider time, BackgroundWorkers workers, RotelMetrics metrics, StarvationRelief? relief)
{
    /// <summary>As <see cref="Intake.MarksOwn"/>.</summary>
    public bool MarksOwn { get; init; }

    public Intake Create(string receiver, Pipeline?[] pipelines, IntakeSettings settings)
    {
        var ledgers = new ReceiverLedger[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.All)
            ledgers[(int)signal] = metrics.AddReceiver(receiver, signal);
        return new Intake(pool, time, workers, settings, pipelines, ledgers) { Relief = relief, MarksOwn = MarksOwn };
    }
}
