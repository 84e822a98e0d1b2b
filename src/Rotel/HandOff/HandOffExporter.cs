using OpenTelemetry;
using Rotel.Threading;

namespace Rotel.HandOff;

/// <summary>The SDK's OTLP exporter, with its exports counted from the first item it reads. Owns it.</summary>
internal sealed class HandOffExporter<T>(BaseExporter<T> exporter, WorkInProgress handOffs) : BaseExporter<T>
    where T : class
{
    /// <summary>Who asks for what its processor holds; set before anything is exported.</summary>
    public HandOffSource? Source { get; set; }

    public override ExportResult Export(in Batch<T> batch)
    {
        handOffs.Begin();
        try
        {
            lock (Source!.Exporting)
                return exporter.Export(batch);
        }
        finally
        {
            handOffs.End();
        }
    }

    protected override bool OnForceFlush(int timeoutMilliseconds) => exporter.ForceFlush(timeoutMilliseconds);

    /// <summary>The processor shuts its exporter down after the last export.</summary>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        Source!.End();
        return exporter.Shutdown(timeoutMilliseconds);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Source!.End();
            exporter.Dispose();
        }

        base.Dispose(disposing);
    }
}
