using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Processors.Typed;

namespace Rotel.Processors.FileFixture;

/// <summary>Works on two signals and counts the calls for both, so that it shows whether they have one object.</summary>
public sealed class Account : ITraceProcessor, IAsyncLogProcessor
{
    private int _calls;

    public void Process(ResourceSpans resourceSpans, ProcessorContext context) => Count(resourceSpans.Resource ??= new Resource());

    public ValueTask ProcessAsync(ResourceLogs resourceLogs, ProcessorContext context)
    {
        Count(resourceLogs.Resource ??= new Resource());
        return ValueTask.CompletedTask;
    }

    private void Count(Resource resource) => resource.Attributes.Add(
        new KeyValue { Key = "calls", Value = new AnyValue { IntValue = Interlocked.Increment(ref _calls) } });
}
