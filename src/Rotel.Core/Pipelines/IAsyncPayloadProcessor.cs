using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>
/// A step that may wait: for code that is not ours. Who cannot wait otherwise blocks on <see cref="IPayloadProcessor.Process"/>.
/// </summary>
internal interface IAsyncPayloadProcessor : IPayloadProcessor, IAsyncDisposable
{
    /// <summary>
    /// As <see cref="IPayloadProcessor.Process"/>. The returned task does not fail for lack of time; it ends by the step's own limit.
    /// </summary>
    /// <param name="payload">The step's until it returns one; the caller's again when it throws.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    /// <exception cref="OperationCanceledException">
    /// The sender went away, or Rotel stops. <see cref="IPayloadProcessor.Process"/> too throws it then.
    /// </exception>
    ValueTask<OtlpPayload?> ProcessAsync(OtlpPayload payload, CancellationToken cancellationToken);
}
