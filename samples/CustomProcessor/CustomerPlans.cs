using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Processors.Typed;

namespace CustomProcessor;

/// <summary>A processor as a class: made by the container for each request, with what its constructor asks for.</summary>
internal sealed class CustomerPlans(PlanDirectory plans) : IAsyncTraceProcessor
{
    public async ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context)
    {
        foreach (var span in resourceSpans.ScopeSpans.SelectMany(scope => scope.Spans))
        {
            if (span.Attributes.FirstOrDefault(attribute => attribute.Key == "customer.id") is { } customer)
            {
                var plan = await plans.FindAsync(customer.Value.StringValue, context.CancellationToken);
                span.Attributes.Add(new KeyValue { Key = "customer.plan", Value = new AnyValue { StringValue = plan } });
            }
        }
    }
}
