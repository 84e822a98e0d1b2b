namespace Rotel.Throughput.Drive;

/// <summary>An agent that has been started with a backlog and delivers it; disposing it kills it.</summary>
/// <param name="Listener">Where it takes OTLP over HTTP.</param>
/// <param name="Ready">From the creation of the process to its readiness line.</param>
/// <param name="FirstDelivery">From there to the first request of spans at the backend.</param>
internal sealed record BacklogStart(ChildProcess Agent, string Listener, TimeSpan Ready, TimeSpan FirstDelivery) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Agent.DisposeAsync();
}
