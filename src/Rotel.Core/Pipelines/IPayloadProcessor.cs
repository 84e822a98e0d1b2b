using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>One step between validation and the queues.</summary>
internal interface IPayloadProcessor
{
    /// <summary>
    /// Takes ownership of <paramref name="payload"/> and returns one that the caller owns: the same, or a
    /// <see cref="OtlpPayload.Replace">replacement</see>; null when nothing of it is left. When it throws, the payload is the caller's
    /// again.
    /// </summary>
    OtlpPayload? Process(OtlpPayload payload);
}
