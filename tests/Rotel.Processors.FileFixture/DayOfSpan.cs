using NodaTime;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Processors.Typed;

namespace Rotel.Processors.FileFixture;

/// <summary>Needs a package that the process which loads it does not have.</summary>
public sealed class DayOfSpan : ITraceProcessor
{
    public void Process(ResourceSpans resourceSpans, ProcessorContext context)
    {
        foreach (var span in resourceSpans.ScopeSpans.SelectMany(scope => scope.Spans))
        {
            var day = Instant.FromUnixTimeTicks((long)(span.StartTimeUnixNano / 100)).InUtc().DayOfWeek;
            span.Attributes.Add(new KeyValue { Key = "day", Value = new AnyValue { StringValue = day.ToString() } });
        }
    }
}
