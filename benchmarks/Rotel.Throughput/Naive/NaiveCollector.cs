using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Naive;

/// <summary>
/// The baseline: a collector as one would write it first, of ASP.NET Core, Grpc.AspNetCore and Google.Protobuf. Every request is decoded
/// into objects,
/// batched by merging them, and encoded again. It is meant to be good code of its kind, not a straw man.
/// </summary>
internal sealed class NaiveCollector : IAsyncDisposable
{
    private readonly NaiveOptions _options;
    private readonly WebApplication _application;
    private readonly List<IDisposable> _exporters = [];
    private readonly List<Task> _pipelines = [];
    private readonly CancellationTokenSource _stopping = new();

    public NaiveCollector(NaiveOptions options)
    {
        _options = options;
        var traces = Start<ExportTraceServiceRequest, ExportTraceServiceResponse>(
            NaiveSignals.Traces, channel => new TraceService.TraceServiceClient(channel).ExportAsync);
        var metrics = Start<ExportMetricsServiceRequest, ExportMetricsServiceResponse>(
            NaiveSignals.Metrics, channel => new MetricsService.MetricsServiceClient(channel).ExportAsync);
        var logs = Start<ExportLogsServiceRequest, ExportLogsServiceResponse>(
            NaiveSignals.Logs, channel => new LogsService.LogsServiceClient(channel).ExportAsync);

        _application = ListenerPair.Build(tls: options.Tls, services: builder =>
        {
            builder.Services.AddRequestDecompression();
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(traces);
            builder.Services.AddSingleton(metrics);
            builder.Services.AddSingleton(logs);
            builder.Services.AddSingleton<NaiveTraceService>();
            builder.Services.AddSingleton<NaiveMetricsService>();
            builder.Services.AddSingleton<NaiveLogsService>();
        });
        _application.UseRequestDecompression();
        _application.MapGrpcService<NaiveTraceService>();
        _application.MapGrpcService<NaiveMetricsService>();
        _application.MapGrpcService<NaiveLogsService>();
        NaiveHttpEndpoint.Map(_application, NaiveSignals.Traces, traces);
        NaiveHttpEndpoint.Map(_application, NaiveSignals.Metrics, metrics);
        NaiveHttpEndpoint.Map(_application, NaiveSignals.Logs, logs);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        await _application.StartAsync(stopping);
        ListenerPair.PrintReadiness("naive", _application);
        await _application.WaitForShutdownAsync(stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_pipelines).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _application.DisposeAsync();
        foreach (var exporter in _exporters)
            exporter.Dispose();
        _stopping.Dispose();
    }

    private NaivePipeline<TRequest> Start<TRequest, TResponse>(
        NaiveSignal<TRequest> signal, Func<GrpcChannel, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>>> export)
        where TRequest : class, IMessage<TRequest>, new()
    {
        INaiveExporter<TRequest> exporter;
        if (_options.ClickHouse is not null)
        {
            exporter = new NaiveClickHouseExporter<TRequest>(_options);
        }
        else if (_options.Datadog is not null)
        {
            exporter = new NaiveDatadogExporter<TRequest>(_options);
        }
        else if (_options.Transport == Transport.Kafka)
        {
            exporter = new NaiveKafkaExporter<TRequest>(signal, _options);
        }
        else if (_options.Transport == Transport.Grpc)
        {
            var channel = GrpcChannel.ForAddress(_options.Endpoint, new GrpcChannelOptions
            {
                MaxSendMessageSize = null,
                HttpHandler = new SocketsHttpHandler { SslOptions = TlsFolder.ClientOptions(_options.Tls) },
                DisposeHttpClient = true,
            });
            exporter = new NaiveGrpcExporter<TRequest, TResponse>(channel, export(channel), _options);
        }
        else
        {
            exporter = new NaiveHttpExporter<TRequest>(signal, _options);
        }

        _exporters.Add(exporter);
        var pipeline = new NaivePipeline<TRequest>(signal, exporter, _options);
        _pipelines.Add(pipeline.RunAsync(_stopping.Token));
        if (_options.Source is { } source)
            _pipelines.Add(new NaiveKafkaReceiver<TRequest>(signal, pipeline, source).RunAsync(_stopping.Token));
        return pipeline;
    }
}
