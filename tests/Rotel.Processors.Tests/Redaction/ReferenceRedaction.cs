using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Redaction as one would write it without a care for its cost: over objects, with the engine of regular expressions that backtracks.
/// </summary>
internal sealed class ReferenceRedaction
{
    private const string Placeholder = "[REDACTED]";
    private const int MaxParts = 256;

    private readonly RedactionOptions _options;
    private readonly Regex[] _blockedKeys;
    private readonly Regex[] _blockedValues;
    private readonly Regex[] _allowedValues;

    public ReferenceRedaction(RedactionOptions options)
    {
        _options = options;
        _blockedKeys = [.. options.BlockedKeyPatterns.Select(Compile)];
        _blockedValues = [.. options.BlockedValues.Select(Compile)];
        _allowedValues = [.. options.AllowedValues.Select(Compile)];

        static Regex Compile(string pattern) => new(pattern, RegexOptions.CultureInvariant);
    }

    public void Apply(IMessage request)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var resource in traces.ResourceSpans)
                {
                    Attributes(resource.Resource?.Attributes, "resource");
                    foreach (var scope in resource.ScopeSpans)
                    {
                        Attributes(scope.Scope?.Attributes, "scope");
                        foreach (var span in scope.Spans)
                            Span(span);
                    }
                }

                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var resource in metrics.ResourceMetrics)
                {
                    Attributes(resource.Resource?.Attributes, "resource");
                    foreach (var scope in resource.ScopeMetrics)
                    {
                        Attributes(scope.Scope?.Attributes, "scope");
                        foreach (var metric in scope.Metrics)
                            Metric(metric);
                    }
                }

                break;
            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                {
                    Attributes(resource.Resource?.Attributes, "resource");
                    foreach (var scope in resource.ScopeLogs)
                    {
                        Attributes(scope.Scope?.Attributes, "scope");
                        foreach (var record in scope.LogRecords)
                            Record(record);
                    }
                }

                break;
        }
    }

    private void Span(Span span)
    {
        Attributes(span.Attributes, "span");
        foreach (var item in span.Events)
            Attributes(item.Attributes, "event");
        foreach (var link in span.Links)
            Attributes(link.Attributes, "link");
        if (span.Status is { } status)
            status.Message = Message(status.Message);
    }

    private void Metric(Metric metric)
    {
        Attributes(metric.Metadata, "metadata");
        foreach (var point in (metric.Gauge?.DataPoints ?? []).Concat(metric.Sum?.DataPoints ?? []))
            Point(point.Attributes, point.Exemplars);
        foreach (var point in metric.Histogram?.DataPoints ?? [])
            Point(point.Attributes, point.Exemplars);
        foreach (var point in metric.ExponentialHistogram?.DataPoints ?? [])
            Point(point.Attributes, point.Exemplars);
        foreach (var point in metric.Summary?.DataPoints ?? [])
            Attributes(point.Attributes, "metric");
    }

    private void Point(RepeatedField<KeyValue> attributes, IEnumerable<Exemplar> exemplars)
    {
        Attributes(attributes, "metric");
        foreach (var exemplar in exemplars)
            Attributes(exemplar.FilteredAttributes, "exemplar");
    }

    private void Record(LogRecord record)
    {
        var earlier = new Dictionary<string, KeyValue>();
        Take(record.Attributes, "log", earlier);
        Take(record.Attributes, "body", earlier);
        var sets = new Sets();
        if (record.Body is { } body)
            Value(body, "body", sets);
        var own = List(record.Attributes);
        Summarise(record.Attributes, "log", own, earlier);
        Summarise(record.Attributes, "body", sets, earlier);
    }

    private void Attributes(RepeatedField<KeyValue>? attributes, string kind)
    {
        if (attributes is null)
            return;
        var earlier = new Dictionary<string, KeyValue>();
        Take(attributes, kind, earlier);
        Summarise(attributes, kind, List(attributes), earlier);
    }

    private Sets List(RepeatedField<KeyValue> attributes)
    {
        var sets = new Sets();
        foreach (var attribute in attributes.ToList())
        {
            if (_options.IgnoredKeys.Contains(attribute.Key))
            {
                sets.Ignored.Add(attribute.Key);
                continue;
            }

            if (!IsAllowed(attribute.Key))
            {
                sets.Redacted.Add(attribute.Key);
                attributes.RemoveAt(IndexOf(attributes, attribute));
                continue;
            }

            sets.Allowed.Add(attribute.Key);
            if (attribute.Value is null)
                continue;
            var isMasked = IsBlockedKey(attribute.Key) ? Whole(attribute.Value) : Value(attribute.Value, attribute.Key, body: null);
            if (isMasked)
                sets.Masked.Add(attribute.Key);
        }

        return sets;
    }

    /// <returns>Whether anything in it was masked.</returns>
    private bool Value(AnyValue value, string key, Sets? body)
    {
        var isMasked = false;
        switch (value.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                if (!_blockedValues.Any(p => p.IsMatch(value.StringValue)))
                    return false;
                if (_allowedValues.Any(p => p.IsMatch(value.StringValue)))
                {
                    body?.Allowed.Add(key);
                    return false;
                }

                value.StringValue = body is null ? Mask(value.StringValue) : MaskParts(value.StringValue);
                body?.Masked.Add(key);
                return true;
            case AnyValue.ValueOneofCase.ArrayValue:
                foreach (var element in value.ArrayValue.Values)
                    isMasked |= Value(element, key, body);
                return isMasked;
            case AnyValue.ValueOneofCase.KvlistValue:
                foreach (var pair in value.KvlistValue.Values.ToList())
                    isMasked |= Pair(value.KvlistValue.Values, pair, body);
                return isMasked;
            default:
                return false;
        }
    }

    private bool Pair(RepeatedField<KeyValue> pairs, KeyValue pair, Sets? body)
    {
        if (_options.IgnoredKeys.Contains(pair.Key))
        {
            body?.Ignored.Add(pair.Key);
            return false;
        }

        if (body is not null && !IsAllowed(pair.Key))
        {
            body.Redacted.Add(pair.Key);
            pairs.RemoveAt(IndexOf(pairs, pair));
            return false;
        }

        if (pair.Value is null || !IsBlockedKey(pair.Key))
            return pair.Value is not null && Value(pair.Value, pair.Key, body);
        var isMasked = Whole(pair.Value);
        if (isMasked)
            body?.Masked.Add(pair.Key);
        return isMasked;
    }

    private bool Whole(AnyValue value)
    {
        if (value.ValueCase == AnyValue.ValueOneofCase.None)
            return false;
        value.StringValue = value.ValueCase == AnyValue.ValueOneofCase.StringValue ? Mask(value.StringValue) : Placeholder;
        return true;
    }

    private string Message(string message) =>
        _blockedValues.Any(p => p.IsMatch(message)) && !_allowedValues.Any(p => p.IsMatch(message)) ? MaskParts(message) : message;

    private string MaskParts(string text)
    {
        // What is hidden, unit by unit, and where a hidden part begins that only touches the one before.
        var hidden = new bool[text.Length];
        var begins = new bool[text.Length + 1];
        var count = 0;
        foreach (var pattern in _blockedValues)
        {
            foreach (Match match in pattern.Matches(text))
            {
                if (match.Length == 0 || ++count > MaxParts)
                    return Mask(text);
            }
        }

        var spans = _blockedValues.SelectMany(p => p.Matches(text)).Select(m => Widen(text, m.Index, m.Index + m.Length)).ToList();
        foreach (var (start, end) in spans)
            Array.Fill(hidden, true, start, end - start);
        foreach (var (start, _) in spans)
            begins[start] = !spans.Any(other => other.Start < start && other.End > start);

        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var from = i++;
            while (i < text.Length && hidden[i] == hidden[from] && !begins[i])
                i++;
            result.Append(hidden[from] ? Mask(text[from..i]) : text[from..i]);
        }

        return result.ToString();
    }

    private static (int Start, int End) Widen(string text, int start, int end) => (
        start > 0 && char.IsLowSurrogate(text[start]) ? start - 1 : start,
        end < text.Length && char.IsLowSurrogate(text[end]) ? end + 1 : end);

#pragma warning disable CA5350, CA5351 // Some hashes are for matching what other systems wrote.
    private string Mask(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return _options.HashFunction switch
        {
            RedactionHash.None => Placeholder,
            RedactionHash.Md5 => Convert.ToHexStringLower(MD5.HashData(bytes)),
            RedactionHash.Sha1 => Convert.ToHexStringLower(SHA1.HashData(bytes)),
            RedactionHash.Sha256 => Convert.ToHexStringLower(SHA256.HashData(bytes)),
            RedactionHash.Sha384 => Convert.ToHexStringLower(SHA384.HashData(bytes)),
            RedactionHash.Sha512 => Convert.ToHexStringLower(SHA512.HashData(bytes)),
            _ => Convert.ToHexStringLower(SHA3_256.HashData(bytes)),
        };
    }
#pragma warning restore CA5350, CA5351

    private bool IsBlockedText(string text) => _blockedValues.Any(p => p.IsMatch(text)) && !_allowedValues.Any(p => p.IsMatch(text));

    private bool IsAllowed(string key) => _options.AllowAllKeys || _options.AllowedKeys.Contains(key);

    private bool IsBlockedKey(string key) => _blockedKeys.Any(p => p.IsMatch(key));

    /// <summary>Takes the summary of an earlier processor out of the attributes: of each key the first.</summary>
    private void Take(RepeatedField<KeyValue> attributes, string kind, Dictionary<string, KeyValue> earlier)
    {
        if (_options.Summary == RedactionSummary.Silent)
            return;
        foreach (var attribute in attributes.ToList())
        {
            var isSummary = SummaryNames(kind).Any(n =>
                (attribute.Key == n.Names && attribute.Value is { HasStringValue: true } value && !IsBlockedText(value.StringValue))
                || (attribute.Key == n.Count && attribute.Value is { HasIntValue: true } or { HasDoubleValue: true }));
            if (isSummary && earlier.TryAdd(attribute.Key, attribute))
                attributes.RemoveAt(IndexOf(attributes, attribute));
        }
    }

    private void Summarise(RepeatedField<KeyValue> attributes, string kind, Sets sets, Dictionary<string, KeyValue> earlier)
    {
        if (_options.Summary == RedactionSummary.Silent)
            return;
        foreach (var ((names, count), keys) in SummaryNames(kind).Zip(sets.All))
        {
            var oldNames = names is null ? null : earlier.GetValueOrDefault(names);
            var oldCount = earlier.GetValueOrDefault(count);
            var all = new SortedSet<string>(keys, Comparer<string>.Create((x, y) =>
                Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))));
            if (keys.Count == 0)
            {
                attributes.Add(((KeyValue?[])[oldNames, oldCount]).OfType<KeyValue>());
                continue;
            }

            if (_options.Summary == RedactionSummary.Debug && names is not null)
            {
                if (oldNames?.Value is { ValueCase: AnyValue.ValueOneofCase.StringValue } old)
                    all.UnionWith(old.StringValue.Split(',', StringSplitOptions.RemoveEmptyEntries));
                attributes.Add(new KeyValue { Key = names, Value = new AnyValue { StringValue = string.Join(',', all) } });
            }
            else if (oldNames is not null)
            {
                attributes.Add(oldNames);
            }

            var before = oldCount?.Value is { ValueCase: AnyValue.ValueOneofCase.IntValue } number ? number.IntValue
                : oldCount?.Value is { ValueCase: AnyValue.ValueOneofCase.DoubleValue } real ? (long)real.DoubleValue : 0;
            var sum = (long)Int128.Min((Int128)before + keys.Count, long.MaxValue);
            attributes.Add(new KeyValue { Key = count, Value = new AnyValue { IntValue = sum } });
        }
    }

    private static IEnumerable<(string? Names, string Count)> SummaryNames(string kind) => kind == "body"
        ?
        [
            ("redaction.body.redacted.keys", "redaction.body.redacted.count"),
            ("redaction.body.masked.keys", "redaction.body.masked.count"),
            ("redaction.body.allowed.keys", "redaction.body.allowed.count"),
            ("redaction.body.ignored.keys", "redaction.body.ignored.count"),
        ]
        :
        [
            ($"redaction.{kind}.redacted_keys.names", $"redaction.{kind}.redacted_keys.count"),
            ($"redaction.{kind}.masked_keys.names", $"redaction.{kind}.masked_keys.count"),
            ($"redaction.{kind}.allowed_keys.names", $"redaction.{kind}.allowed_keys.count"),
            (null, $"redaction.{kind}.ignored_keys.count"),
        ];

    // Equal attributes are not the same one.
    private static int IndexOf(RepeatedField<KeyValue> list, KeyValue item)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (ReferenceEquals(list[i], item))
                return i;
        }

        throw new ArgumentException("Not in the list.", nameof(item));
    }

    private sealed class Sets
    {
        public HashSet<string> Redacted { get; } = [];

        public HashSet<string> Masked { get; } = [];

        public HashSet<string> Allowed { get; } = [];

        public HashSet<string> Ignored { get; } = [];

        public HashSet<string>[] All => [Redacted, Masked, Allowed, Ignored];
    }
}
