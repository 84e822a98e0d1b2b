using OpenTelemetry;

namespace Rotel.HandOff;

/// <summary>The SDK's OTLP exporter, with its exports counted from the first item it reads. Owns it.</summary>
internal sealed class HandOffExporter<T>(BaseExporter<T> exporter, HandOffsInProgress handOffs) : BaseExporter<T>
    where T : class
{
    public override ExportResult Export(in Batch<T> batch)
    {
        handOffs.Begin();
        try
        {
            return exporter.Export(batch);
        }
        finally
        {
            handOffs.End();
        }
    }

    protected override bool OnForceFlush(int timeoutMilliseconds) => exporter.ForceFlush(timeoutMilliseconds);

    protected override bool OnShutdown(int timeoutMilliseconds) => exporter.Shutdown(timeoutMilliseconds);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            exporter.Dispose();
        base.Dispose(disposing);
    }
}
