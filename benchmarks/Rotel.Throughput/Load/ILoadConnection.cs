namespace Rotel.Throughput.Load;

/// <summary>One connection to the collector.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <summary>Sends one body from <see cref="RequestBodies"/> and reads the answer to its end.</summary>
    Task<SendOutcome> SendAsync(byte[] body, CancellationToken cancellationToken);
}
