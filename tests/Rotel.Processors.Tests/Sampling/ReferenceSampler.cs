using System.Globalization;
using System.IO.Hashing;
using System.Numerics;
using System.Text.RegularExpressions;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Processors.Filtering;

namespace Rotel.Processors.Sampling;

/// <summary>
/// The sampler as one would write it over objects: numbers as hexadecimal text and big integers, trace states as strings. Hashes of
/// records are those of Google.Protobuf's encoding.
/// </summary>
internal sealed partial class ReferenceSampler(ProbabilisticSamplerOptions options)
{
    private static readonly BigInteger Limit = BigInteger.One << 56;

    private int _dropped;

    /// <summary>Leaves of a request what the sampler leaves; returns how many items it drops.</summary>
    public int Process(IMessage request)
    {
        _dropped = 0;
        if (request is ExportTraceServiceRequest traces)
        {
            RemoveEmptied(traces.ResourceSpans, resource => RemoveEmptied(
                resource.ScopeSpans, scope => RemoveWhere(scope.Spans, span => !Keeps(span))));
        }
        else if (request is ExportLogsServiceRequest logs)
        {
            RemoveEmptied(logs.ResourceLogs, resource => RemoveEmptied(
                resource.ScopeLogs, scope => RemoveWhere(scope.LogRecords, record => !Keeps(record))));
        }

        return _dropped;
    }

    /// <summary>The threshold of a probability, in 14 digits; null below the least.</summary>
    public static string? Threshold(double probability, int precision)
    {
        if (probability < Math.Pow(2, -56))
            return null;
        var rejected = Limit - new BigInteger(Math.Round(probability * Math.Pow(2, 56)));
        if (rejected <= 0)
            return new string('0', 14);

        var digits = Digits(rejected);
        var leading = digits.Length - Math.Min(digits.TrimStart('f').Length, digits.TrimStart('0').Length);
        var dropped = Math.Max(0, 14 - precision - leading);
        if (dropped == 0)
            return digits;
        var unit = BigInteger.Pow(16, dropped);
        return Digits((rejected + (unit / 2)) / unit * unit);
    }

    private bool Keeps(Span span)
    {
        if (options.Percentage >= 100)
            return true;
        var state = new ReferenceTraceState(span.TraceState);
        var explicitRandomness = Only(state.Randomness, RandomnessForm());
        var outcome = Decide(options.Percentage, explicitRandomness ?? Randomness(span.TraceId), state.Thresholds);
        if (outcome.Changes)
            span.TraceState = state.With(outcome.Threshold, keepRandomness: explicitRandomness is not null);
        return outcome.Keeps;
    }

    private bool Keeps(LogRecord record)
    {
        var severity = (int)record.SeverityNumber is var number and >= 1 and <= 24 ? (LogSeverity)number : LogSeverity.Unspecified;
        var name = severity == LogSeverity.Unspecified ? severity : severity - (((int)severity - 1) % 4);
        var percentage = options.SeverityPercentages.TryGetValue(severity, out var own) ? own
            : options.SeverityPercentages.TryGetValue(name, out var given) ? given
            : options.Percentage;
        if (percentage >= 100)
            return true;

        var explicitRandomness = Only(Texts(record, "sampling.randomness"), RandomnessForm());
        var randomness = explicitRandomness ?? Randomness(record.TraceId);
        var hash = randomness is null && options.HashRecords
            ? Digits(XxHash3.HashToUInt64(record.ToByteArray()) & ((1UL << 56) - 1))
            : null;
        var outcome = Decide(percentage, randomness ?? hash, Texts(record, "sampling.threshold"));
        if (outcome.Changes)
            Set(record, "sampling.threshold", outcome.Threshold);
        if (outcome.Keeps && (hash is not null || (outcome.Changes && explicitRandomness is null)))
            Set(record, "sampling.randomness", hash);
        return outcome.Keeps;
    }

    private (bool Keeps, bool Changes, string? Threshold) Decide(double percentage, string? randomness, IReadOnlyList<string> thresholds)
    {
        if (Threshold(percentage / 100, options.Precision) is not { } own)
            return (false, false, null);
        if (randomness is null)
            return (!options.FailClosed, false, null);
        if (string.CompareOrdinal(randomness, own) < 0)
            return (false, false, null);
        if (thresholds.Count == 0)
            return (true, true, Short(own));
        if (Only(thresholds, ThresholdForm()) is not { } before || string.CompareOrdinal(randomness, before) < 0)
            return (true, true, null);

        var after = own;
        if (options.Mode == SamplingMode.Proportional)
        {
            // A BigInteger is cut off where it becomes a double, not rounded.
            var probability = (double)(ulong)(Limit - Number(before)) / Math.Pow(2, 56) * (percentage / 100);
            if (Threshold(probability, options.Precision) is not { } product)
                return (false, false, null);
            after = Greater(own, product);
        }

        after = Greater(after, before);
        return (string.CompareOrdinal(randomness, after) >= 0, after != before, Short(after));
    }

    private static string? Only(IReadOnlyList<string> texts, Regex form) =>
        texts.Count == 1 && form.IsMatch(texts[0]) ? texts[0].ToLowerInvariant().PadRight(14, '0') : null;

    private static string? Randomness(ByteString traceId) =>
        traceId.Length == 16 && traceId.Any(b => b != 0) ? Convert.ToHexStringLower(traceId.Span)[18..] : null;

    private static IReadOnlyList<string> Texts(LogRecord record, string key) =>
        [.. record.Attributes.Where(attribute => attribute.Key == key).Select(attribute => attribute.Value?.StringValue ?? "")];

    private static void Set(LogRecord record, string key, string? text)
    {
        var same = record.Attributes.Where(attribute => attribute.Key == key).ToList();
        if (text is not null)
        {
            if (same.Count == 0)
            {
                record.Attributes.Add(new KeyValue { Key = key, Value = new AnyValue { StringValue = text } });
                return;
            }

            same[0].Value = new AnyValue { StringValue = text };
            same.RemoveAt(0);
        }

        for (var i = record.Attributes.Count - 1; i >= 0; i--)
        {
            if (same.Exists(attribute => ReferenceEquals(attribute, record.Attributes[i])))
                record.Attributes.RemoveAt(i);
        }
    }

    private static string Digits(BigInteger value) => ((ulong)value).ToString("x14", CultureInfo.InvariantCulture);

    private static BigInteger Number(string digits) => BigInteger.Parse($"0{digits}", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Short(string digits) => digits.TrimEnd('0') is { Length: > 0 } some ? some : "0";

    private static string Greater(string one, string other) => string.CompareOrdinal(one, other) > 0 ? one : other;

    private static bool RemoveEmptied<T>(IList<T> list, Func<T, bool> isEmptied)
    {
        var count = list.Count;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (isEmptied(list[i]))
                list.RemoveAt(i);
        }

        return count > 0 && list.Count == 0;
    }

    private bool RemoveWhere<T>(IList<T> list, Func<T, bool> isLeftOut)
    {
        var count = list.Count;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (isLeftOut(list[i]))
                list.RemoveAt(i);
        }

        _dropped += count - list.Count;
        return count > 0 && list.Count == 0;
    }

    [GeneratedRegex("^[0-9a-fA-F]{1,14}\\z")]
    private static partial Regex ThresholdForm();

    [GeneratedRegex("^[0-9a-fA-F]{14}\\z")]
    private static partial Regex RandomnessForm();
}
