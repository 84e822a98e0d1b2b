using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>
/// One OTLP exporter of the settings: a destination per signal. Signals share connections, but for those whose TLS or use of proxies
/// differs.
/// </summary>
internal sealed class OtlpExporter : IExporter
{
    private readonly OtlpExporterOptions _options;
    private readonly ExporterContext _context;
    private readonly RequestAuthenticator? _authenticator;
    private readonly Dictionary<(ClientTlsOptions Tls, bool UsesSystemProxy), ExporterHttpClient> _clients = [];
    private readonly Dictionary<OtlpCompression, BatchCompressor> _compressors = [];
    private readonly Dictionary<OtlpCompression, JsonBatchEncoder> _encoders = [];
    private readonly OtlpSignalExporter?[] _signals = new OtlpSignalExporter?[OtlpSignals.Count];

    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    /// <param name="judge">
    /// What an answer means at a backend that does not keep to the specification's codes, by signal, status and what the specification
    /// makes of it; null for all others.
    /// </param>
    public OtlpExporter(
        OtlpExporterOptions options, ExporterContext context, Func<OtlpSignal, int, ExportOutcome, ExportOutcome>? judge = null)
    {
        _options = options;
        _context = context;
        _authenticator = RequestAuthenticators.Create(options.Authentication, options.Connection, context);
        foreach (var signal in OtlpSignals.All)
        {
            if (OtlpDestination.Of(options, signal) is { } destination)
            {
                _signals[(int)signal] = Create(destination);
                _signals[(int)signal]!.Judge = judge;
            }
        }

        WarnOfCredentialsInClear();
    }

    public EncodedBatch? Encode(OtlpBatch batch) => For(batch).Encode(batch);

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
        For(batch).ExportAsync(batch, cancellationToken);

    public ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        _authenticator?.Dispose();
        foreach (var encoder in _encoders.Values)
            encoder.Dispose();
        foreach (var compressor in _compressors.Values)
            compressor.Dispose();
        return ValueTask.CompletedTask;
    }

    private OtlpSignalExporter For(OtlpBatch batch) =>
        _signals[(int)batch.Signal]
        ?? throw new InvalidOperationException($"No endpoint for {batch.Signal.Name()}; settings are checked at start.");

    private OtlpSignalExporter Create(OtlpDestination destination)
    {
        var client = ClientFor(destination);
        var compressor = CompressorFor(destination.Compression);
        if (destination.Protocol == OtlpProtocol.Grpc)
            return new OtlpGrpcExporter(destination, client, compressor, _authenticator, _context.Time);
        return destination.Encoding == OtlpEncoding.Json
            ? new OtlpJsonExporter(destination, client, compressor, EncoderFor(destination.Compression), _authenticator, _context.Time)
            : new OtlpHttpExporter(destination, client, compressor, _authenticator, _context.Time);
    }

    private ExporterHttpClient ClientFor(OtlpDestination destination)
    {
        var own = _options.For(destination.Signal).Tls;
        var tls = own.IsDefault ? _options.Tls : own;
        var usesSystemProxy = OtlpDestinations.UsesSystemProxy(destination);
        if (_clients.TryGetValue((tls, usesSystemProxy), out var client))
            return client;

        var prefix = own.IsDefault ? "" : OtlpExporterType.Prefix(destination.Signal);
        var loaded = ClientTls.TryCreate(tls, prefix, _context.Time, _context.Logger, out var fault);
        if (fault is not null)
            throw new InvalidOperationException($"Exporter '{_context.Name}': {fault}.");
        if (tls.SkipVerify)
            _context.Logger.VerificationSkipped(_context.Name, destination.Name, prefix + ClientTlsSettings.SkipVerify);
        client = new ExporterHttpClient(_options.Connection, _context, loaded, usesSystemProxy);
        _clients.Add((tls, usesSystemProxy), client);
        return client;
    }

    private BatchCompressor? CompressorFor(OtlpCompression compression)
    {
        if (compression == OtlpCompression.None)
            return null;
        if (!_compressors.TryGetValue(compression, out var compressor))
        {
            compressor = compression == OtlpCompression.Gzip
                ? new GzipBatchCompressor(_context.Pool)
                : new ZstdBatchCompressor(_context.Pool);
            _compressors.Add(compression, compressor);
        }

        return compressor;
    }

    private JsonBatchEncoder EncoderFor(OtlpCompression compression)
    {
        if (!_encoders.TryGetValue(compression, out var encoder))
            _encoders.Add(compression, encoder = new JsonBatchEncoder(_context.Pool, CompressorFor(compression)));
        return encoder;
    }

    private void WarnOfCredentialsInClear()
    {
        // A signature tells nobody the key.
        if (_authenticator is null or AwsSigV4Authenticator)
            return;
        var urls = OtlpSignals.All.ToArray().Select(signal => OtlpDestination.Of(_options, signal)?.Url);
        if (_authenticator is OAuth2Authenticator)
            urls = urls.Prepend(_options.Authentication.OAuth2.Url);
        if (urls.FirstOrDefault(url => url is { Scheme: "http", IsLoopback: false }) is { } clear)
            _context.Logger.CredentialsInClear(_context.Name, PeerText.Show(clear));
    }
}
