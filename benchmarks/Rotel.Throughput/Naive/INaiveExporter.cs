namespace Rotel.Throughput.Naive;

/// <summary>Sends one merged request to the backend; throws when the backend does not accept it.</summary>
internal interface INaiveExporter<in TRequest> : IDisposable
{
    Task ExportAsync(TRequest batch, CancellationToken cancellationToken);
}
