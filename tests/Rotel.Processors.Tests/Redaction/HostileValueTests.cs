using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Values made to keep a regular expression busy. The bounds on time are there to tell minutes, or forever, from what is promised; a
/// busy machine does not reach them.
/// </summary>
public sealed class HostileValueTests
{
    private static readonly TimeSpan NotForever = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("^(a|a?)+$")]
    [InlineData("(.*a){12}$")]
    public void Pattern_ThatWouldBacktrackForever_TakesTimeInProportionToTheText(string pattern)
    {
        var bench = new RedactionBench(OtlpSignal.Traces, Options(pattern));
        var started = Stopwatch.GetTimestamp();

        var values = Process(bench, [.. Enumerable.Repeat(new string('a', 20_000) + "!", 20)]);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, NotForever);
        Assert.All(values, value => Assert.EndsWith("!", value, StringComparison.Ordinal));
        Assert.Empty(bench.Log.Lines);
    }

    [Fact]
    public void Value_ThatABacktrackingPatternCannotDecide_IsMaskedInTimeAndLoggedOnce()
    {
        // The look-ahead wants the engine that backtracks.
        var bench = new RedactionBench(OtlpSignal.Traces, Options("^(?=a)(a+)+$"));
        var started = Stopwatch.GetTimestamp();

        var hostile = new string('a', 5_000) + "!";
        var values = Process(bench, ["short", .. Enumerable.Repeat(hostile, 2_000), "after"]);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, NotForever);
        Assert.Equal("short", values[0]);
        Assert.All(values[1..], value => Assert.Equal("[REDACTED]", value));
        var line = Assert.Single(bench.Log.Lines);
        Assert.Equal((3020, LogLevel.Warning), (line.EventId, line.Level));

        // The next body has an allowance of its own, and what was not decided is not remembered.
        Assert.Equal(["after"], Process(bench, ["after"]));
    }

    [Theory]
    [InlineData("a", "[REDACTED]")]
    [InlineData("f", "[REDACTED]")]
    public void Patterns_ThatTogetherTakeLongerThanIsAllowed_AreNotAllTried(string value, string expected)
    {
        // None by itself takes 500 ms, on a clock on which each takes 200.
        var options = Options("(?=a)a");
        foreach (var other in "bcde")
            options.BlockedValues.Add($"(?={other}){other}");
        var bench = new RedactionBench(OtlpSignal.Traces, options, new SlowClock());

        Assert.Equal([expected], Process(bench, [value]));
        Assert.Equal(value == "f" ? 1 : 0, bench.Log.Lines.Count);
    }

    [Fact]
    public void AllowedValue_ThatCannotBeDecided_IsMasked()
    {
        var options = Options("a");
        options.AllowedValues.Add("^(?=a)(a+)+$");

        var values = Process(new RedactionBench(OtlpSignal.Traces, options), ["aaaa", new string('a', 5_000) + "!"]);

        Assert.Equal(["aaaa", "[REDACTED]"], values);
    }

    [Fact]
    public void Key_ThatCannotBeDecided_HasItsValueMasked()
    {
        var options = new RedactionOptions
        {
            AllowAllKeys = true,
            MatchTimeout = TimeSpan.FromMilliseconds(20),
            BlockedKeyPatterns = { "^(?=a)(a+)+$" },
        };
        var span = new Span { Attributes = { new KeyValue { Key = new string('a', 5_000) + "!", Value = new AnyValue { IntValue = 1 } } } };

        var result = new RedactionBench(OtlpSignal.Traces, options).Process(Request(span));

        Assert.Equal("[REDACTED]", result.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value.StringValue);
    }

    [Theory]
    [InlineData(@"a.*b|a")]
    [InlineData(@"(?=a)a(?!.*c)")]
    public void Body_WithVeryManyMatches_IsMaskedWholeInTime(string pattern)
    {
        var bench = new RedactionBench(OtlpSignal.Logs, Options(pattern));
        var record = new LogRecord { Body = new AnyValue { StringValue = new string('a', 2_000_000) } };
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { record } } } } },
        };
        var started = Stopwatch.GetTimestamp();

        var result = bench.Process(request);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, NotForever);
        Assert.Equal("[REDACTED]", result.ResourceLogs[0].ScopeLogs[0].LogRecords[0].Body.StringValue);
    }

    [Fact]
    public void Value_AsDeepAsTheValidatorLetsIt_IsRedacted()
    {
        var value = new AnyValue { StringValue = "a secret" };
        for (var depth = 0; depth < 46; depth++)
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        var span = new Span { Attributes = { new KeyValue { Key = "deep", Value = value } } };

        var result = new RedactionBench(OtlpSignal.Traces, Options("secret")).Process(Request(span));

        value = result.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value;
        while (value.ArrayValue is { } array)
            value = array.Values[0];
        Assert.Equal("[REDACTED]", value.StringValue);
    }

    private static RedactionOptions Options(string pattern) =>
        new() { AllowAllKeys = true, MatchTimeout = TimeSpan.FromMilliseconds(500), BlockedValues = { pattern } };

    private static ExportTraceServiceRequest Request(Span span) =>
        new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } };

    private static string[] Process(RedactionBench bench, string[] values)
    {
        var span = new Span();
        for (var i = 0; i < values.Length; i++)
            span.Attributes.Add(new KeyValue { Key = $"k{i}", Value = new AnyValue { StringValue = values[i] } });
        var result = bench.Process(Request(span)).ResourceSpans[0].ScopeSpans[0].Spans[0];
        return [.. result.Attributes.Select(attribute => attribute.Value.StringValue)];
    }

    /// <summary>Whoever looks at it finds 200 ms gone.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Interlocked.Add(ref _milliseconds, 200);
    }
}
