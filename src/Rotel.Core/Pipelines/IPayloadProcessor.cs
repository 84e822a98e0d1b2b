using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>One step between validation and the queues.</summary>
internal interface IPayloadProcessor
{
    /// <summary>
    /// Takes ownership of <paramref name="payload"/> and returns one that the caller owns: the same, or a replacement that carries over
    /// its completion and its metadata. When it throws, the payload is the caller's again.
    /// </summary>
    OtlpPayload Process(OtlpPayload payload);
}
