namespace Rotel.Throughput.Load;

/// <summary>One connection to what is loaded.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <summary>Sends one request and reads the answer to its end.</summary>
    /// <param name="request">Counts the requests of the generator; says which of the distinct ones this is.</param>
    Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken);
}
