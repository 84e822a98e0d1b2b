using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Rotel.Batching;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>What encoders are given, and what becomes of what they make.</summary>
public sealed class DatadogEncoderTests
{
    [Fact]
    public void Encode_BodyIsNotProtobufThroughout_IsLeftOutBeforeAnyEncoderSeesIt()
    {
        using var bench = new Bench();
        var broken = DatadogBench.Body(OtlpSignal.Logs, ["ab"]);
        broken[^3] = 0x7F;
        using var batch = new OtlpBatch(OtlpSignal.Logs);
        batch.Add(bench.Payload(["one"]));
        batch.Add(bench.Payload(broken, items: 7));
        batch.Add(bench.Payload(["two", "three"]));

        using var encoded = bench.Encoder.Encode(batch);

        Assert.Equal(3, Assert.Single(encoded.Payloads).Items);
        Assert.Equal(7, encoded.RejectedItems);
        Assert.Contains("not protobuf throughout", encoded.Outcome().Message, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(bench.Encoders).Abandoned);
    }

    [Fact]
    public void Encode_TextIsNotUtf8_IsRepaired()
    {
        using var bench = new Bench(DatadogCompression.None);
        var body = DatadogBench.Body(OtlpSignal.Logs, ["a?b"]);
        body[^2] = 0xFF;
        using var batch = new OtlpBatch(OtlpSignal.Logs);
        batch.Add(bench.Payload(body, items: 1));

        using var encoded = bench.Encoder.Encode(batch);

        Assert.Equal(0, encoded.RejectedItems);
        Assert.Equal("""[{"message":"a\uFFFDb"}]""", Encoding.UTF8.GetString(Assert.Single(encoded.Payloads).Body[0].Span));
    }

    [Fact]
    public void Encode_EncoderHasADefect_ThrowsAndIsAsGoodAsNew()
    {
        using var bench = new Bench(perRequest: 1);
        using var poisoned = new OtlpBatch(OtlpSignal.Logs);
        poisoned.Add(bench.Payload(["one", "defect"]));
        using var sound = new OtlpBatch(OtlpSignal.Logs);
        sound.Add(bench.Payload(["two"]));

        Assert.Throws<InvalidOperationException>(() => bench.Encoder.Encode(poisoned));
        using var encoded = bench.Encoder.Encode(sound);

        Assert.Equal(1, Assert.Single(bench.Encoders).Abandoned);
        Assert.Equal(1, Assert.Single(encoded.Payloads).Items);
    }

    [Fact]
    public void Encode_CompressedBodyIsOverTheLimit_IsCutBelowIt()
    {
        using var bench = new Bench(create: _ => new SeriesEncoder(600, 2000));
        using var batch = new OtlpBatch(OtlpSignal.Metrics);
        batch.Add(bench.Payload(OtlpSignal.Metrics, [], items: 600));

        using var encoded = bench.Encoder.Encode(batch);

        Assert.InRange(encoded.Payloads.Count, 3, 8);
        Assert.All(encoded.Payloads, payload => Assert.InRange(payload.Body.Length, 1, IntakeLimits.SeriesCompressed));
        Assert.Equal(600, encoded.Payloads.Sum(payload => payload.Items));
        Assert.Equal(0, encoded.RejectedItems);
    }

    [Fact]
    public void Encode_ARecordIsOverTheLimitCompressed_IsLeftOut()
    {
        using var bench = new Bench(create: _ => new SeriesEncoder(2, 700_000));
        using var batch = new OtlpBatch(OtlpSignal.Metrics);
        batch.Add(bench.Payload(OtlpSignal.Metrics, [], items: 2));

        using var encoded = bench.Encoder.Encode(batch);

        Assert.Equal((2, 2, 0), (encoded.OversizedItems, encoded.RejectedItems, encoded.DeliveredItems));
        Assert.Equal(Pipelines.DropReason.ItemTooLarge, encoded.Outcome().Reason);
    }

    /// <summary>An encoder and what it works with; everything must be given back in the end.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly ExporterBench _bench = new();
        private readonly DatadogClient _client;

        public Bench(
            DatadogCompression compression = DatadogCompression.Gzip, int perRequest = 10, Func<OtlpSignal, SignalEncoder>? create = null)
        {
            _client = new DatadogClient(new DatadogExporterOptions { ApiKey = "key", Compression = compression }, _bench.Context);
            Encoder = new DatadogEncoder(
                create ?? (signal =>
                {
                    var encoder = new PlainEncoder(signal, _bench.Context.Pool, perRequest);
                    Encoders.Add(encoder);
                    return encoder;
                }),
                _client,
                new PayloadCutter(_client, _bench.Context.Pool),
                _bench.Context.Pool);
        }

        public DatadogEncoder Encoder { get; }

        public List<PlainEncoder> Encoders { get; } = [];

        public OtlpPayload Payload(string[] texts) => DatadogBench.PayloadOf(_bench, OtlpSignal.Logs, texts);

        public OtlpPayload Payload(byte[] body, int items) => Payload(OtlpSignal.Logs, body, items);

        public OtlpPayload Payload(OtlpSignal signal, byte[] body, int items) =>
            DatadogBench.PayloadOf(_bench, signal, body, items, isValidated: false);

        public void Dispose()
        {
            Encoder.Dispose();
            _client.Dispose();
            _bench.Dispose();
        }
    }

    /// <summary>Closes one request of series with names that do not compress.</summary>
    private sealed class SeriesEncoder(int count, int nameLength) : SignalEncoder
    {
        public override void Append(OtlpPayload payload, PayloadSink sink)
        {
        }

        public override void Close(PayloadSink sink)
        {
            var payload = new MetricPayload();
            for (var i = 0; i < count; i++)
                payload.Series.Add(new MetricSeries { Metric = Convert.ToBase64String(RandomNumberGenerator.GetBytes(nameLength)) });
            using var body = new PooledBytes(new BufferPool(new ByteBudget(64 * 1024 * 1024)));
            body.Write(payload.ToByteArray());
            sink.Add(DatadogIntake.Series, body, count);
        }

        public override void Abandon()
        {
        }

        public override void Dispose()
        {
        }
    }
}
