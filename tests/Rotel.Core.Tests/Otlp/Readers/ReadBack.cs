using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Otlp.Readers;

namespace Rotel.Core.Tests.Otlp.Readers;

/// <summary>Rebuilds Google.Protobuf messages from what the readers say, every field of them.</summary>
internal static partial class ReadBack
{
    public static IMessage Request(OtlpSignal signal, ReadOnlySpan<byte> body) => signal switch
    {
        OtlpSignal.Traces => Traces(body),
        OtlpSignal.Metrics => Metrics(body),
        _ => Logs(body),
    };

    public static AnyValue Value(AnyValueReader reader)
    {
        var value = new AnyValue();
        switch (reader.Kind)
        {
            case AnyValueKind.String:
                value.StringValue = Text(reader.Bytes);
                break;
            case AnyValueKind.Bool:
                value.BoolValue = reader.Bool;
                break;
            case AnyValueKind.Int:
                value.IntValue = reader.Int;
                break;
            case AnyValueKind.Double:
                value.DoubleValue = reader.Double;
                break;
            case AnyValueKind.Bytes:
                value.BytesValue = Bytes(reader.Bytes);
                break;
            case AnyValueKind.StringIndex:
                value.StringValueStrindex = reader.StringIndex;
                break;
            case AnyValueKind.Array:
                value.ArrayValue = new ArrayValue();
                foreach (var element in reader.Array.Values)
                    value.ArrayValue.Values.Add(Value(element));
                Assert.Equal(value.ArrayValue.Values.Count, reader.Array.Values.Count);
                break;
            case AnyValueKind.KeyValueList:
                value.KvlistValue = new KeyValueList();
                AddAttributes(value.KvlistValue.Values, reader.KeyValues.Values);
                break;
        }

        return value;
    }

    private static ExportTraceServiceRequest Traces(ReadOnlySpan<byte> body)
    {
        var request = new ExportTraceServiceRequest();
        foreach (var resourceSpans in new TracesReader(body))
        {
            var envelope = new ResourceSpans { SchemaUrl = Text(resourceSpans.SchemaUrl) };
            if (resourceSpans.HasResource)
                envelope.Resource = Resource(resourceSpans.Resource);
            foreach (var scopeSpans in resourceSpans.Scopes)
            {
                var scope = new ScopeSpans { SchemaUrl = Text(scopeSpans.SchemaUrl) };
                if (scopeSpans.HasScope)
                    scope.Scope = Scope(scopeSpans.Scope);
                foreach (var span in scopeSpans.Items)
                    scope.Spans.Add(Span(span));
                Assert.Equal(scope.Spans.Count, scopeSpans.Items.Count);
                envelope.ScopeSpans.Add(scope);
            }

            request.ResourceSpans.Add(envelope);
        }

        return request;
    }

    private static Span Span(SpanReader reader)
    {
        var span = new Span
        {
            TraceId = Bytes(reader.TraceId),
            SpanId = Bytes(reader.SpanId),
            TraceState = Text(reader.TraceState),
            ParentSpanId = Bytes(reader.ParentSpanId),
            Flags = reader.Flags,
            Name = Text(reader.Name),
            Kind = (Span.Types.SpanKind)reader.Kind,
            StartTimeUnixNano = reader.StartTimeUnixNano,
            EndTimeUnixNano = reader.EndTimeUnixNano,
            DroppedAttributesCount = reader.DroppedAttributesCount,
            DroppedEventsCount = reader.DroppedEventsCount,
            DroppedLinksCount = reader.DroppedLinksCount,
        };
        AddAttributes(span.Attributes, reader.Attributes);
        foreach (var spanEvent in reader.Events)
        {
            var added = new Span.Types.Event
            {
                TimeUnixNano = spanEvent.TimeUnixNano,
                Name = Text(spanEvent.Name),
                DroppedAttributesCount = spanEvent.DroppedAttributesCount,
            };
            AddAttributes(added.Attributes, spanEvent.Attributes);
            span.Events.Add(added);
        }

        foreach (var link in reader.Links)
        {
            var added = new Span.Types.Link
            {
                TraceId = Bytes(link.TraceId),
                SpanId = Bytes(link.SpanId),
                TraceState = Text(link.TraceState),
                DroppedAttributesCount = link.DroppedAttributesCount,
                Flags = link.Flags,
            };
            AddAttributes(added.Attributes, link.Attributes);
            span.Links.Add(added);
        }

        if (reader.HasStatus)
            span.Status = new Status { Message = Text(reader.Status.Message), Code = (Status.Types.StatusCode)reader.Status.Code };
        return span;
    }

    private static Resource Resource(ResourceReader reader)
    {
        var resource = new Resource { DroppedAttributesCount = reader.DroppedAttributesCount };
        AddAttributes(resource.Attributes, reader.Attributes);
        foreach (var entity in reader.EntityRefs)
        {
            var added = new EntityRef { SchemaUrl = Text(entity.SchemaUrl), Type = Text(entity.Type) };
            foreach (var key in entity.IdKeys)
                added.IdKeys.Add(Text(key.Bytes));
            foreach (var key in entity.DescriptionKeys)
                added.DescriptionKeys.Add(Text(key.Bytes));
            resource.EntityRefs.Add(added);
        }

        return resource;
    }

    private static InstrumentationScope Scope(InstrumentationScopeReader reader)
    {
        var scope = new InstrumentationScope
        {
            Name = Text(reader.Name),
            Version = Text(reader.Version),
            DroppedAttributesCount = reader.DroppedAttributesCount,
        };
        AddAttributes(scope.Attributes, reader.Attributes);
        return scope;
    }

    private static void AddAttributes(RepeatedField<KeyValue> target, WireList<KeyValueReader> attributes)
    {
        var before = target.Count;
        foreach (var attribute in attributes)
        {
            var added = new KeyValue { Key = Text(attribute.Key), KeyStrindex = attribute.KeyIndex };
            if (attribute.HasValue)
                added.Value = Value(attribute.Value);
            target.Add(added);
        }

        Assert.Equal(target.Count - before, attributes.Count);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);

    private static ByteString Bytes(ReadOnlySpan<byte> bytes) => ByteString.CopyFrom(bytes);
}
