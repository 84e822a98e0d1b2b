namespace Rotel.Exporters.Datadog;

/// <summary>What goes to Datadog beside batches, from data of its own: APM statistics, descriptions of hosts.</summary>
internal interface IDatadogReporter : IAsyncDisposable
{
    /// <summary>Sends what is held, as <see cref="Pipelines.IExporter.FlushAsync"/> has it.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
