using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Processors.Typed;

namespace Rotel.Processors.FileFixture;

/// <summary>None of these is a processor of metrics that could be made: not public, not a class by itself, not complete.</summary>
internal sealed class HiddenMetrics : IMetricProcessor
{
    public void Process(ResourceMetrics resourceMetrics, ProcessorContext context) => throw new InvalidOperationException("Not public.");
}

public abstract class UnfinishedMetrics : IMetricProcessor
{
    public abstract void Process(ResourceMetrics resourceMetrics, ProcessorContext context);
}

public class MetricsOf<T> : IMetricProcessor
{
    public void Process(ResourceMetrics resourceMetrics, ProcessorContext context) => throw new InvalidOperationException(typeof(T).Name);
}
