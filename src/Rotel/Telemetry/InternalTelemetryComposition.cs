using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Hosting;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Telemetry;

/// <summary>Wires what a collector tells about itself; where that is off, it passes the host's loggers on and makes nothing.</summary>
internal sealed class InternalTelemetryComposition
{
    private readonly RotelPlan _plan;
    private readonly ILoggerFactory _host;
    private readonly OwnMessages? _messages;

    /// <param name="plan">What to wire.</param>
    /// <param name="loggerFactory">The host's.</param>
    public InternalTelemetryComposition(RotelPlan plan, ILoggerFactory loggerFactory)
    {
        _plan = plan;
        _host = loggerFactory;
        if (plan.InternalExportersOf(OtlpSignal.Logs) is { Count: > 0 } exporters)
            _messages = new OwnMessages(loggerFactory, plan.Options.Log.Level, exporters.Select(exporter => exporter.Name));
        Activities = plan.Options.ExportActivities ? new ExportActivities() : null;
    }

    /// <summary>Where all of the collector's loggers come from.</summary>
    public ILoggerFactory LoggerFactory => _messages ?? _host;

    /// <summary>Where attempts to export show as activities; null where they do not.</summary>
    public ExportActivities? Activities { get; }

    /// <summary>The logger for the deliveries to an exporter.</summary>
    public ILogger DeliveryLoggerOf(string exporter)
    {
        const string category = "Rotel.Delivery";
        return _messages?.CreateDeliveryLogger(category, exporter) ?? _host.CreateLogger(category);
    }

    /// <summary>
    /// Connects it to pipelines of its own, without processors and to the chosen exporters only; null where it is off.
    /// </summary>
    public InternalTelemetry? Connect(
        IReadOnlyList<ExporterQueue> queues,
        IntakeFactory intakes,
        RotelMetrics metrics,
        BufferPool pool,
        BackgroundWorkers workers,
        TimeProvider time)
    {
        var pipelines = new Pipeline?[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.Mergeable)
        {
            var names = _plan.InternalExportersOf(signal).Select(exporter => exporter.Name).ToHashSet(StringComparer.Ordinal);
            var mine = queues.Where(queue => queue.Signal == signal && names.Contains(queue.Exporter)).ToList();
            if (mine.Count > 0)
                pipelines[(int)signal] = new Pipeline(signal, [], mine);
        }

        if (Array.TrueForAll(pipelines, pipeline => pipeline is null))
            return null;

        var settings = new IntakeSettings(OtlpLimits.InProcess, TimeSpan.Zero, AcknowledgementMode.Accepted, TimeSpan.Zero)
        {
            IsInProcess = true,
        };
        var intake = new InternalIntake(
            intakes.Create(InternalIntake.Name, pipelines, settings), pool, workers, time, _host.CreateLogger("Rotel.Telemetry"));
        var resource = new OwnResource(_plan.Options.ResourceAttributes);
        var records = _messages is null ? null : new OwnLogRecords(resource, intake, pool, time);
        if (_messages is not null)
            _messages.Records = records;
        return new InternalTelemetry(
            intake,
            resource,
            records,
            pipelines[(int)OtlpSignal.Metrics] is null ? null : metrics,
            _plan.Options.InternalTelemetry.Interval,
            time);
    }
}
