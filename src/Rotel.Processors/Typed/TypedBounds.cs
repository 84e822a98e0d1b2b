using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Typed;

/// <summary>
/// A look at an object graph that user code has left, before Google.Protobuf walks it: that recursion has no end on a value that holds
/// itself, and no bound on one object that stands in many places. Takes at most as many steps as bytes are allowed.
/// </summary>
/// <param name="maxBytes">What is counted, less than the encoded size, must stay below.</param>
internal ref struct TypedBounds(long maxBytes)
{
    /// <summary>Values inside each other; every one takes two of the levels that the validator allows.</summary>
    private const int MaxDepth = 50;

    /// <summary>A tag and a length.</summary>
    private const int Framing = 2;

    private long _left = maxBytes;
    private bool _tooDeep;

    /// <summary>What is wrong with what was looked at.</summary>
    public readonly TypedFault Fault => _tooDeep ? TypedFault.TooDeep : _left < 0 ? TypedFault.TooLarge : TypedFault.None;

    private readonly bool IsOver => _left < 0 || _tooDeep;

    public void Check(ResourceSpans resource)
    {
        Check(resource.Resource);
        Count(resource.SchemaUrl);
        foreach (var scope in resource.ScopeSpans)
        {
            Check(scope.Scope);
            Count(scope.SchemaUrl);
            foreach (var span in scope.Spans)
            {
                if (IsOver)
                    return;
                Check(span);
            }
        }
    }

    public void Check(ResourceLogs resource)
    {
        Check(resource.Resource);
        Count(resource.SchemaUrl);
        foreach (var scope in resource.ScopeLogs)
        {
            Check(scope.Scope);
            Count(scope.SchemaUrl);
            foreach (var record in scope.LogRecords)
            {
                if (IsOver)
                    return;
                Count(record.SeverityText);
                Count(record.EventName);
                _left -= record.TraceId.Length + record.SpanId.Length;
                Check(record.Body, 1);
                Check(record.Attributes, 0);
            }
        }
    }

    public void Check(ResourceMetrics resource)
    {
        Check(resource.Resource);
        Count(resource.SchemaUrl);
        foreach (var scope in resource.ScopeMetrics)
        {
            Check(scope.Scope);
            Count(scope.SchemaUrl);
            foreach (var metric in scope.Metrics)
            {
                if (IsOver)
                    return;
                Check(metric);
            }
        }
    }

    private void Check(ResourceMessage? resource)
    {
        _left -= Framing;
        if (resource is null)
            return;
        Check(resource.Attributes, 0);
        foreach (var entity in resource.EntityRefs)
        {
            Count(entity.SchemaUrl);
            Count(entity.Type);
            Count(entity.IdKeys);
            Count(entity.DescriptionKeys);
            if (IsOver)
                return;
        }
    }

    private void Check(InstrumentationScope? scope)
    {
        _left -= Framing;
        if (scope is null)
            return;
        Count(scope.Name);
        Count(scope.Version);
        Check(scope.Attributes, 0);
    }

    private void Check(Span span)
    {
        Count(span.Name);
        Count(span.TraceState);
        Count(span.Status?.Message);
        _left -= span.TraceId.Length + span.SpanId.Length + span.ParentSpanId.Length;
        Check(span.Attributes, 0);
        foreach (var happening in span.Events)
        {
            Count(happening.Name);
            Check(happening.Attributes, 0);
            if (IsOver)
                return;
        }

        foreach (var link in span.Links)
        {
            Count(link.TraceState);
            _left -= link.TraceId.Length + link.SpanId.Length;
            Check(link.Attributes, 0);
            if (IsOver)
                return;
        }
    }

    private void Check(Metric metric)
    {
        Count(metric.Name);
        Count(metric.Description);
        Count(metric.Unit);
        Check(metric.Metadata, 0);
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                Check(metric.Gauge.DataPoints);
                break;
            case Metric.DataOneofCase.Sum:
                Check(metric.Sum.DataPoints);
                break;
            case Metric.DataOneofCase.Histogram:
                Check(metric.Histogram.DataPoints);
                break;
            case Metric.DataOneofCase.ExponentialHistogram:
                Check(metric.ExponentialHistogram.DataPoints);
                break;
            case Metric.DataOneofCase.Summary:
                Check(metric.Summary.DataPoints);
                break;
        }
    }

    private void Check(RepeatedField<NumberDataPoint> points)
    {
        foreach (var point in points)
        {
            _left -= Framing;
            Check(point.Attributes, 0);
            Check(point.Exemplars);
            if (IsOver)
                return;
        }
    }

    private void Check(RepeatedField<HistogramDataPoint> points)
    {
        foreach (var point in points)
        {
            _left -= Framing + ((long)sizeof(double) * (point.BucketCounts.Count + point.ExplicitBounds.Count));
            Check(point.Attributes, 0);
            Check(point.Exemplars);
            if (IsOver)
                return;
        }
    }

    private void Check(RepeatedField<ExponentialHistogramDataPoint> points)
    {
        foreach (var point in points)
        {
            _left -= Framing + (point.Positive?.BucketCounts.Count ?? 0) + (point.Negative?.BucketCounts.Count ?? 0);
            Check(point.Attributes, 0);
            Check(point.Exemplars);
            if (IsOver)
                return;
        }
    }

    private void Check(RepeatedField<SummaryDataPoint> points)
    {
        foreach (var point in points)
        {
            _left -= Framing + ((long)Framing * point.QuantileValues.Count);
            Check(point.Attributes, 0);
            if (IsOver)
                return;
        }
    }

    private void Check(RepeatedField<Exemplar> exemplars)
    {
        foreach (var exemplar in exemplars)
        {
            _left -= Framing + exemplar.TraceId.Length + exemplar.SpanId.Length;
            Check(exemplar.FilteredAttributes, 0);
            if (IsOver)
                return;
        }
    }

    private void Check(RepeatedField<KeyValue> attributes, int depth)
    {
        foreach (var attribute in attributes)
        {
            Count(attribute.Key);
            Check(attribute.Value, depth + 1);
            if (IsOver)
                return;
        }
    }

    private void Check(AnyValue? value, int depth)
    {
        _left -= Framing;
        if (value is null)
            return;
        switch (value.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                Count(value.StringValue);
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                _left -= value.BytesValue.Length;
                break;
            case AnyValue.ValueOneofCase.ArrayValue when depth >= MaxDepth:
            case AnyValue.ValueOneofCase.KvlistValue when depth >= MaxDepth:
                _tooDeep = true;
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                foreach (var element in value.ArrayValue.Values)
                {
                    Check(element, depth + 1);
                    if (IsOver)
                        return;
                }

                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                Check(value.KvlistValue.Values, depth);
                break;
        }
    }

    private void Count(RepeatedField<string> texts)
    {
        foreach (var text in texts)
        {
            Count(text);
            if (IsOver)
                return;
        }
    }

    /// <summary>A character takes at least one byte.</summary>
    private void Count(string? text) => _left -= Framing + (text?.Length ?? 0);
}
