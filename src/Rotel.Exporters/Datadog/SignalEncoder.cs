using Rotel.Exporters.Datadog.Intake;
using Rotel.Otlp;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// Turns batches of one signal into requests. Used by one thread at a time and again for the next batch: its buffers are kept between
/// batches only where they are small. Encoders of one exporter work side by side and share what is thread-safe.
/// </summary>
internal abstract class SignalEncoder : IDisposable
{
    /// <summary>
    /// Takes one Export…ServiceRequest, which was validated to the bottom: nothing in it makes a reader throw. Requests that are full are
    /// closed into the sink on the way.
    /// </summary>
    /// <param name="payload">The request; the caller's.</param>
    /// <param name="sink">Of this batch.</param>
    public abstract void Append(OtlpPayload payload, PayloadSink sink);

    /// <summary>Ends the batch: what is open is closed into the sink, and buffers are given back.</summary>
    public abstract void Close(PayloadSink sink);

    /// <summary>Forgets what is open, after an exception that is a defect.</summary>
    public abstract void Abandon();

    public abstract void Dispose();
}
