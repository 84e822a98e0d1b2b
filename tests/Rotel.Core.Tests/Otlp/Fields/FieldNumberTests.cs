using System.Reflection;
using Google.Protobuf.Reflection;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp.Fields;

namespace Rotel.Core.Tests.Otlp.Fields;

/// <summary>Our constants against the .proto files: every field of every message, and nothing else.</summary>
public sealed class FieldNumberTests
{
    [Fact]
    public void Constants_OfEachProtoFile_AreItsFieldNumbers()
    {
        AssertFile(typeof(CommonFields), CommonReflection.Descriptor);
        AssertFile(typeof(ResourceFields), ResourceReflection.Descriptor);
        AssertFile(typeof(TraceFields), TraceReflection.Descriptor);
        AssertFile(typeof(MetricFields), MetricsReflection.Descriptor);
        AssertFile(typeof(LogFields), LogsReflection.Descriptor);
        AssertMessage(typeof(StatusFields.Status), Google.Rpc.Status.Descriptor);
        AssertMessage(typeof(StatusFields.RetryInfo), Google.Rpc.RetryInfo.Descriptor);
        AssertMessage(typeof(StatusFields.Any), Google.Protobuf.WellKnownTypes.Any.Descriptor);
        AssertMessage(typeof(StatusFields.Duration), Google.Protobuf.WellKnownTypes.Duration.Descriptor);
    }

    [Fact]
    public void EnvelopeConstants_AreTheNumbersOfEverySignal()
    {
        AssertSameNumbers(
            typeof(CollectorFields.ExportRequest),
            ExportTraceServiceRequest.Descriptor,
            ExportMetricsServiceRequest.Descriptor,
            ExportLogsServiceRequest.Descriptor);
        AssertSameNumbers(
            typeof(CollectorFields.ResourceEnvelope),
            ResourceSpans.Descriptor,
            ResourceMetrics.Descriptor,
            ResourceLogs.Descriptor);
        AssertSameNumbers(typeof(CollectorFields.ScopeEnvelope), ScopeSpans.Descriptor, ScopeMetrics.Descriptor, ScopeLogs.Descriptor);
        AssertSameNumbers(
            typeof(CollectorFields.ExportResponse),
            ExportTraceServiceResponse.Descriptor,
            ExportMetricsServiceResponse.Descriptor,
            ExportLogsServiceResponse.Descriptor);
        AssertSameNumbers(
            typeof(CollectorFields.PartialSuccess),
            ExportTracePartialSuccess.Descriptor,
            ExportMetricsPartialSuccess.Descriptor,
            ExportLogsPartialSuccess.Descriptor);
    }

    private static void AssertFile(Type constants, FileDescriptor file)
    {
        // XData stands for a request at rest; nothing reads it by number.
        var messages = file.MessageTypes
            .SelectMany(m => m.NestedTypes.Prepend(m))
            .Where(m => m.Name is not ("TracesData" or "MetricsData" or "LogsData"))
            .ToList();

        Assert.Equal(messages.Select(m => m.Name).Order(), constants.GetNestedTypes().Select(t => t.Name).Order());
        foreach (var message in messages)
            AssertMessage(constants.GetNestedType(message.Name)!, message);
    }

    private static void AssertMessage(Type constants, MessageDescriptor message) => Assert.Equal(
        message.Fields.InFieldNumberOrder().Select(f => (Name: PascalCase(f.Name), f.FieldNumber)),
        Numbers(constants));

    private static void AssertSameNumbers(Type constants, params MessageDescriptor[] messages) => Assert.All(
        messages,
        message => Assert.Equal(message.Fields.InFieldNumberOrder().Select(f => f.FieldNumber), Numbers(constants).Select(n => n.Number)));

    private static IEnumerable<(string Name, int Number)> Numbers(Type constants) => constants
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (f.Name, Number: (int)f.GetRawConstantValue()!))
        .OrderBy(f => f.Number);

    private static string PascalCase(string name) => string.Concat(name.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
