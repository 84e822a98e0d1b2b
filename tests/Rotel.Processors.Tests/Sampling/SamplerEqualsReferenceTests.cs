using System.Globalization;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Filtering;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Sampling;

public sealed class SamplerEqualsReferenceTests
{
    private const int Bodies = 400;

    private static readonly double[] Percentages = [0, 0.001, 1, 10, 33.3, 50, 75, 99.9, 100];

    private static readonly string[] Hex =
        ["0", "8", "c", "E666", "fd70a4", "ffffffffffffff", "00000000000001", "", "xyz", "123456789abcdef0"];

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Logs)]
    public void Sampler_OnAnyLegalBody_EqualsTheReference(OtlpSignal signal)
    {
        var (kept, dropped) = (0, 0);
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + Bodies; seed++)
        {
            var random = new Random(seed);
            var request = new TelemetryGenerator(seed).Request(signal);
            Plant(request, random);
            var isReshaped = seed % 3 != 0;
            var body = request.ToByteArray();
            if (isReshaped)
                body = new WireReshaper(seed).Reshape(body, OtlpItems.Descriptor(signal)).Bytes;

            // The hash of a record is that of its encoding, which only we know once it is reshaped.
            var options = Options(random, hashRecords: !isReshaped && random.Next(2) == 0);
            var run = new SamplerRun(signal, options);
            var left = run.Process(body);

            var expected = OtlpItems.Parse(signal, body);
            var expectedDrops = new ReferenceSampler(options).Process(expected);
            Assert.True(expectedDrops == run.Dropped, $"seed {seed}: {run.Dropped} dropped, {expectedDrops} expected");
            if (left is not null)
                Assert.True(expected.Equals(OtlpItems.Parse(signal, left)), $"seed {seed}");
            dropped += run.Dropped;
            kept += OtlpItems.Count(expected);
        }

        // Both must have happened often for the comparison to say something.
        Assert.True(kept > Bodies && dropped > Bodies, $"{kept} kept, {dropped} dropped, seed {FreshSeed.Value}");
    }

    private static ProbabilisticSamplerOptions Options(Random random, bool hashRecords)
    {
        var options = new ProbabilisticSamplerOptions
        {
            Percentage = Percentage(random),
            Mode = (SamplingMode)random.Next(2),
            Precision = random.Next(1, 15),
            FailClosed = random.Next(2) == 0,
            HashRecords = hashRecords,
        };
        for (var count = random.Next(8); count > 0; count--)
            options.SeverityPercentages[(LogSeverity)random.Next((int)LogSeverity.Fatal4 + 1)] = Percentage(random);
        return options;
    }

    private static double Percentage(Random random) =>
        random.Next(3) == 0 ? random.NextDouble() * 100 : Percentages[random.Next(Percentages.Length)];

    /// <summary>Gives most items something that samplers look at; the generator draws none of it.</summary>
    private static void Plant(IMessage request, Random random)
    {
        if (request is ExportTraceServiceRequest traces)
        {
            foreach (var span in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
                Plant(span, random);
        }
        else if (request is ExportLogsServiceRequest logs)
        {
            foreach (var record in logs.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords))
                Plant(record, random);
        }
    }

    private static void Plant(Span span, Random random)
    {
        span.TraceId = TraceId(random, span.TraceId);
        if (random.Next(4) == 0)
            return;
        var members = new List<string>();
        for (var count = random.Next(10) == 0 ? random.Next(28, 36) : random.Next(5); count > 0; count--)
            members.Add(random.Next(12) == 0 ? "" : $"k{count}={new string('v', random.Next(4) == 0 ? random.Next(200) : 3)}");
        for (var count = random.Next(10) == 0 ? 2 : random.Next(2); count > 0; count--)
            members.Insert(random.Next(members.Count + 1), Otel(random));
        span.TraceState = string.Join(random.Next(2) == 0 ? "," : " ,\t", members);
    }

    private static string Otel(Random random)
    {
        var values = new List<string>();
        if (random.Next(4) != 0)
            values.Add($"th:{Threshold(random)}");
        if (random.Next(2) == 0)
            values.Add($"rv:{Randomness(random)}");
        if (random.Next(3) == 0)
            values.Add($"k:{new string('x', random.Next(4) == 0 ? random.Next(230, 260) : 2)}");
        if (random.Next(8) == 0)
            values.Add($"th:{Threshold(random)}");
        if (random.Next(8) == 0)
            values.Add($"rv:{Randomness(random)}");
        return $"ot={string.Join(';', values)}";
    }

    private static void Plant(LogRecord record, Random random)
    {
        record.TraceId = TraceId(random, record.TraceId);
        for (var count = random.Next(3); count > 0; count--)
            Insert(record, "sampling.threshold", Threshold(random), random);
        for (var count = random.Next(4) == 0 ? 2 : random.Next(2); count > 0; count--)
            Insert(record, "sampling.randomness", Randomness(random), random);
    }

    private static void Insert(LogRecord record, string key, string text, Random random)
    {
        var value = random.Next(8) switch
        {
            0 => null,
            1 => new AnyValue { IntValue = 8 },
            _ => new AnyValue { StringValue = text },
        };
        record.Attributes.Insert(random.Next(record.Attributes.Count + 1), new KeyValue { Key = key, Value = value });
    }

    private static ByteString TraceId(Random random, ByteString drawn) => random.Next(8) switch
    {
        0 => ByteString.Empty,
        1 => ByteString.CopyFrom(new byte[16]),
        2 => ByteString.CopyFrom(1, 2, 3),
        _ => drawn,
    };

    private static string Threshold(Random random) => random.Next(2) == 0
        ? Hex[random.Next(Hex.Length)]
        : random.Next(1 << 12).ToString("x3", CultureInfo.InvariantCulture);

    private static string Randomness(Random random) => random.Next(4) == 0
        ? Hex[random.Next(Hex.Length)]
        : random.NextInt64(1L << 56).ToString(random.Next(2) == 0 ? "x14" : "X14", CultureInfo.InvariantCulture);
}
