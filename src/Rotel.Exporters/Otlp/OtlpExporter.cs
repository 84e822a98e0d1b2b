using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>One OTLP exporter of the settings: a destination per signal over shared connections.</summary>
internal sealed class OtlpExporter : IExporter
{
    private readonly ExporterHttpClient _client;
    private readonly Dictionary<OtlpCompression, BatchCompressor> _compressors = [];
    private readonly OtlpSignalExporter?[] _signals = new OtlpSignalExporter?[OtlpSignals.Count];

    public OtlpExporter(OtlpExporterOptions options, ExporterContext context)
    {
        _client = new ExporterHttpClient(context.MeterFactory);
        foreach (var signal in OtlpSignals.All)
        {
            if (OtlpDestination.Of(options, signal) is not { } destination)
                continue;
            var compressor = CompressorFor(destination.Compression, context.Pool);
            _signals[(int)signal] = destination.Protocol == OtlpProtocol.Grpc
                ? new OtlpGrpcExporter(destination, _client, compressor, context.Time)
                : new OtlpHttpExporter(destination, _client, compressor, context.Time);
        }
    }

    public EncodedBatch? Encode(OtlpBatch batch) => For(batch).Encode(batch);

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
        For(batch).ExportAsync(batch, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var compressor in _compressors.Values)
            compressor.Dispose();
        return ValueTask.CompletedTask;
    }

    private OtlpSignalExporter For(OtlpBatch batch) =>
        _signals[(int)batch.Signal] ?? throw new InvalidOperationException($"No endpoint for {batch.Signal.Name()}; settings are checked at start.");

    private BatchCompressor? CompressorFor(OtlpCompression compression, BufferPool pool)
    {
        if (compression == OtlpCompression.None)
            return null;
        if (!_compressors.TryGetValue(compression, out var compressor))
        {
            compressor = compression == OtlpCompression.Gzip ? new GzipBatchCompressor(pool) : new ZstdBatchCompressor(pool);
            _compressors.Add(compression, compressor);
        }

        return compressor;
    }
}
