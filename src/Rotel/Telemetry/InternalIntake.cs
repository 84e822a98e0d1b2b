using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Telemetry;

/// <summary>
/// The way of Rotel's own telemetry into the pipelines: as a receiver of the name <c>internal</c>, but never waiting for room. What is
/// refused is counted there, and is said in the host's log alone, for in the telemetry it would make more of what there is no room for.
/// </summary>
internal sealed class InternalIntake(Intake intake, BufferPool pool, BackgroundWorkers workers, TimeProvider time, ILogger logger)
{
    /// <summary>The name of the receiver.</summary>
    public const string Name = "internal";

    private readonly OncePerInterval _refusals = new(time);

    public void Post(Action action) => workers.Post(action);

    /// <summary>Writes a request and hands it in; success or not is only counted.</summary>
    /// <param name="signal">Of what.</param>
    /// <param name="write">Writes it, and returns how many items are in it.</param>
    public void HandIn(OtlpSignal signal, Func<PooledBytes, int> write)
    {
        if (!intake.Accepts(signal))
            return;

        using var request = new PooledBytes(pool);
        var items = write(request);
        var length = request.Length;
        if (length == 0 || request.Detach() is not { } body)
            return;
        if (!intake.Ingest(signal, body, length, intake.StartRequest(senderTimeout: null)).IsAccepted)
            Say(signal, items);
    }

    /// <summary>Counts what found no room before it was in a request.</summary>
    public void CountRefused(OtlpSignal signal, int items)
    {
        intake.Refuse(signal, RefusalReason.Busy, "");
        Say(signal, items);
    }

    private void Say(OtlpSignal signal, int items)
    {
        if (!_refusals.TryTake(out var times))
            return;

        try
        {
            logger.OwnTelemetryRefused(times, signal.Name(), items);
        }
        catch (Exception)
        {
            // A logger of the host's threw; that must not end what called us.
        }
    }
}
