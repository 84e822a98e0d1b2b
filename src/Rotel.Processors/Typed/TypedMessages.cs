using Google.Protobuf;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Processors.Typed;

/// <summary>What is done with the messages of one signal: they have the same shape in all of them, but no type in common.</summary>
internal abstract class TypedMessages
{
    public static TypedMessages Of(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => new Traces(),
        OtlpSignal.Metrics => new Metrics(),
        OtlpSignal.Logs => new Logs(),
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Profiles are only passed through."),
    };

    /// <summary>Decodes a ResourceX; unknown fields are kept in it.</summary>
    public abstract IMessage Decode(ReadOnlySpan<byte> wire);

    /// <summary>Spans, data points or log records.</summary>
    public abstract int CountItems(IMessage message);

    /// <summary>Whether the graph ends and could be small enough; see <see cref="TypedBounds"/>.</summary>
    public abstract TypedFault Check(IMessage message, long maxBytes);

    /// <summary>Calls the object of a step.</summary>
    /// <exception cref="InvalidCastException">It is none for this signal.</exception>
    public abstract ValueTask InvokeAsync(object processor, IMessage message, ProcessorContext context);

    private sealed class Traces : TypedMessages
    {
        public override IMessage Decode(ReadOnlySpan<byte> wire) => ResourceSpans.Parser.ParseFrom(wire);

        public override int CountItems(IMessage message)
        {
            var count = 0;
            foreach (var scope in ((ResourceSpans)message).ScopeSpans)
                count += scope.Spans.Count;
            return count;
        }

        public override TypedFault Check(IMessage message, long maxBytes)
        {
            var bounds = new TypedBounds(maxBytes);
            bounds.Check((ResourceSpans)message);
            return bounds.Fault;
        }

        public override ValueTask InvokeAsync(object processor, IMessage message, ProcessorContext context)
        {
            var resource = (ResourceSpans)message;
            switch (processor)
            {
                case TypedDelegate<ResourceSpans> method:
                    return method.Process(resource, context);
                case IAsyncTraceProcessor asynchronous:
                    return asynchronous.ProcessAsync(resource, context);
                default:
                    ((ITraceProcessor)processor).Process(resource, context);
                    return ValueTask.CompletedTask;
            }
        }
    }

    private sealed class Metrics : TypedMessages
    {
        public override IMessage Decode(ReadOnlySpan<byte> wire) => ResourceMetrics.Parser.ParseFrom(wire);

        public override int CountItems(IMessage message)
        {
            var count = 0;
            foreach (var scope in ((ResourceMetrics)message).ScopeMetrics)
            {
                foreach (var metric in scope.Metrics)
                    count += CountPoints(metric);
            }

            return count;
        }

        public override TypedFault Check(IMessage message, long maxBytes)
        {
            var bounds = new TypedBounds(maxBytes);
            bounds.Check((ResourceMetrics)message);
            return bounds.Fault;
        }

        public override ValueTask InvokeAsync(object processor, IMessage message, ProcessorContext context)
        {
            var resource = (ResourceMetrics)message;
            switch (processor)
            {
                case TypedDelegate<ResourceMetrics> method:
                    return method.Process(resource, context);
                case IAsyncMetricProcessor asynchronous:
                    return asynchronous.ProcessAsync(resource, context);
                default:
                    ((IMetricProcessor)processor).Process(resource, context);
                    return ValueTask.CompletedTask;
            }
        }

        private static int CountPoints(Metric metric) => metric.DataCase switch
        {
            Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
            Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
            Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
            Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
            Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
            _ => 0,
        };
    }

    private sealed class Logs : TypedMessages
    {
        public override IMessage Decode(ReadOnlySpan<byte> wire) => ResourceLogs.Parser.ParseFrom(wire);

        public override int CountItems(IMessage message)
        {
            var count = 0;
            foreach (var scope in ((ResourceLogs)message).ScopeLogs)
                count += scope.LogRecords.Count;
            return count;
        }

        public override TypedFault Check(IMessage message, long maxBytes)
        {
            var bounds = new TypedBounds(maxBytes);
            bounds.Check((ResourceLogs)message);
            return bounds.Fault;
        }

        public override ValueTask InvokeAsync(object processor, IMessage message, ProcessorContext context)
        {
            var resource = (ResourceLogs)message;
            switch (processor)
            {
                case TypedDelegate<ResourceLogs> method:
                    return method.Process(resource, context);
                case IAsyncLogProcessor asynchronous:
                    return asynchronous.ProcessAsync(resource, context);
                default:
                    ((ILogProcessor)processor).Process(resource, context);
                    return ValueTask.CompletedTask;
            }
        }
    }
}
