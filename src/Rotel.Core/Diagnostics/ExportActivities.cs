using System.Diagnostics;
using System.Globalization;
using Rotel.Batching;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>
/// The activity source <c>Rotel</c>, which exists only where it was asked for: an attempt to export a batch is one activity. A batch of
/// nothing but Rotel's own telemetry has none: its activity would be the next such batch, without end. Listeners are the host's, so what
/// they throw ends here.
/// </summary>
internal sealed class ExportActivities : IDisposable
{
    private static readonly string[] Names = [.. OtlpSignals.All.ToArray().Select(signal => $"export {signal.Name()}")];

    private readonly ActivitySource _source = new(OwnTelemetry.Name, OwnTelemetry.Version);

    /// <summary>
    /// Begins the activity of an attempt, in a trace of its own: a batch holds what many requests and traces have brought, and this thread
    /// may run for any of them. Null where nobody listens or the batch is our own. Call it within an async method, whose caller then keeps
    /// its current activity.
    /// </summary>
    /// <param name="batch">What is sent.</param>
    /// <param name="exporter">To which exporter.</param>
    /// <param name="attempt">1 for the first attempt with this batch.</param>
    public Activity? Start(OtlpBatch batch, string exporter, int attempt)
    {
        if (!batch.HoldsOthers || !_source.HasListeners())
            return null;

        try
        {
            Activity.Current = null;
            return _source.StartActivity(
                Names[(int)batch.Signal],
                ActivityKind.Client,
                parentContext: default,
                [
                    new("rotel.component", exporter),
                    new("rotel.signal", batch.Signal.Name()),
                    new("rotel.items", batch.ItemCount),
                    new("rotel.bytes", batch.WireLength),
                    new("rotel.attempt", attempt),
                ]);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Ends it with what the attempt came to.</summary>
    /// <param name="activity">What <see cref="Start"/> returned.</param>
    /// <param name="outcome">Of the attempt.</param>
    /// <param name="error">The kind of error, where it is not the destination's answer; null otherwise.</param>
    public static void End(Activity? activity, in ExportOutcome outcome, string? error)
    {
        if (activity is null)
            return;

        try
        {
            if (outcome.HttpStatus is > 0 and var status)
                activity.SetTag("http.response.status_code", status);
            if (outcome.RejectedItems > 0)
                activity.SetTag("rotel.rejected_items", outcome.RejectedItems);
            if (outcome.Kind != ExportOutcomeKind.Delivered)
            {
                activity.SetTag("error.type", error ?? ErrorOf(outcome));
                activity.SetStatus(ActivityStatusCode.Error, outcome.Message);
            }

            activity.Stop();
        }
        catch (Exception)
        {
            // A listener of the host's threw; that must not end a delivery.
        }
    }

    public void Dispose() => _source.Dispose();

    private static string ErrorOf(in ExportOutcome outcome) => outcome switch
    {
        { HttpStatus: > 0 and var status } => status.ToString(CultureInfo.InvariantCulture),
        { Kind: ExportOutcomeKind.Rejected } => outcome.Reason.Name(),
        { Kind: ExportOutcomeKind.TooLarge } => "too_large",
        _ => "unavailable",
    };
}
