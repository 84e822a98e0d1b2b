using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Filtering;
using Rotel.Processors.Redaction;
using Rotel.Processors.Renaming;
using Rotel.Processors.Sampling;
using Rotel.Processors.Truncation;

namespace Rotel.Benchmarks.Processors;

/// <summary>Each edit as a built-in processor, and as one would write it over objects.</summary>
internal static class ProcessorEdits
{
    private const int MaxText = 40;
    private const string Name = @"\{\w+\}";
    private const string NewName = "{id}";

    private static readonly string[] Secrets =
        [@"\b(?:\d[ -]?){12,15}\d\b", @"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", @"^203\.0\.113\."];

    private static readonly Regex NameRegex = new(Name, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static readonly Regex[] SecretRegexes =
        [.. Secrets.Select(pattern => new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))];

    public static IPayloadProcessor BuiltIn(ProcessorEdit edit, ProcessorSetup setup)
    {
        var (type, options) = edit switch
        {
            ProcessorEdit.ResourceUpsert => Of(new ResourceProcessorType(), new ResourceOptions(), o => o.Actions
                .Upsert("deployment.environment.name", "staging").Upsert("service.namespace", "shop")),
            ProcessorEdit.SpanUpsertDelete => Of(new AttributesProcessorType(), new AttributesOptions(), o => o.Actions
                .Upsert("http.route", "/").Delete("client.address")),
            ProcessorEdit.SpanHash => Of(new AttributesProcessorType(), new AttributesOptions(), o => o.Actions.Hash("client.address")),
            ProcessorEdit.RedactThree => Of(new RedactionProcessorType(), new RedactionOptions { AllowAllKeys = true }, o =>
            {
                foreach (var pattern in Secrets)
                    o.BlockedValues.Add(pattern);
            }),
            ProcessorEdit.FilterByName => Of(new FilterProcessorType(), new FilterOptions(), o => o.DropSpanNames.Add("^GET ")),
            ProcessorEdit.SampleTenth => Of(
                new ProbabilisticSamplerType(), new ProbabilisticSamplerOptions(), o => o.Percentage = 10),
            ProcessorEdit.RenameByPattern => Of(
                new RenameProcessorType(), new RenameOptions(), o => o.SpanNamePatterns.Add(new(Name, NewName))),
            _ => Of(new TruncateProcessorType(), new TruncateOptions(), o => o.MaxValueBytes = MaxText),
        };
        return type.Create(options, OtlpSignal.Traces, setup)!;
    }

    public static void Typed(ProcessorEdit edit, ResourceSpans resource)
    {
        switch (edit)
        {
            case ProcessorEdit.ResourceUpsert:
                Upsert(resource.Resource.Attributes, "deployment.environment.name", "staging");
                Upsert(resource.Resource.Attributes, "service.namespace", "shop");
                return;
            case ProcessorEdit.FilterByName:
                foreach (var scope in resource.ScopeSpans)
                    Keep(scope, span => !span.Name.StartsWith("GET ", StringComparison.Ordinal));
                return;
            case ProcessorEdit.SampleTenth:
                foreach (var scope in resource.ScopeSpans)
                    Keep(scope, IsSampled);
                return;
            case ProcessorEdit.RedactThree:
                Redact(resource.Resource.Attributes);
                break;
            case ProcessorEdit.Truncate:
                Truncate(resource.Resource.Attributes);
                break;
            default:
                break;
        }

        foreach (var scope in resource.ScopeSpans)
        {
            foreach (var span in scope.Spans)
                Typed(edit, span);
        }
    }

    private static void Typed(ProcessorEdit edit, Span span)
    {
        switch (edit)
        {
            case ProcessorEdit.SpanUpsertDelete:
                Upsert(span.Attributes, "http.route", "/");
                if (Find(span.Attributes, "client.address") is { } address)
                    span.Attributes.Remove(address);
                break;
            case ProcessorEdit.SpanHash:
                if (Find(span.Attributes, "client.address") is { } hashed)
                    hashed.Value.StringValue = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed.Value.StringValue)));
                break;
            case ProcessorEdit.RedactThree:
                Redact(span.Attributes);
                break;
            case ProcessorEdit.RenameByPattern:
                span.Name = NameRegex.Replace(span.Name, NewName);
                break;
            default:
                Truncate(span.Attributes);
                break;
        }
    }

    private static bool IsSampled(Span span)
    {
        if ((BinaryPrimitives.ReadUInt64BigEndian(span.TraceId.Span[8..]) & 0xFF_FFFF_FFFF_FFFF) < 0xE6_6600_0000_0000)
            return false;
        span.TraceState = "ot=th:e666";
        return true;
    }

    private static void Keep(ScopeSpans scope, Func<Span, bool> isKept)
    {
        var kept = scope.Spans.Where(isKept).ToList();
        scope.Spans.Clear();
        scope.Spans.Add(kept);
    }

    private static void Redact(RepeatedField<KeyValue> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value.HasStringValue && Array.Exists(SecretRegexes, regex => regex.IsMatch(attribute.Value.StringValue)))
                attribute.Value.StringValue = "[REDACTED]";
        }
    }

    private static void Truncate(RepeatedField<KeyValue> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value.HasStringValue && attribute.Value.StringValue.Length > MaxText)
                attribute.Value.StringValue = attribute.Value.StringValue[..MaxText];
        }
    }

    private static void Upsert(RepeatedField<KeyValue> attributes, string key, string value)
    {
        if (Find(attributes, key) is not { } attribute)
            attributes.Add(attribute = new KeyValue { Key = key });
        attribute.Value = new AnyValue { StringValue = value };
    }

    private static KeyValue? Find(RepeatedField<KeyValue> attributes, string key)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key == key)
                return attribute;
        }

        return null;
    }

    private static (ProcessorType Type, ProcessorOptions Options) Of<TOptions>(
        ProcessorType<TOptions> type, TOptions options, Action<TOptions> configure)
        where TOptions : ProcessorOptions, new()
    {
        configure(options);
        return (type, options);
    }
}
