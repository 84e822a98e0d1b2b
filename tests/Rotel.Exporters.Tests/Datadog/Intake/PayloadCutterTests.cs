using System.Text.Json;
using Google.Protobuf;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Datadog.TestKit.Traces;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;

namespace Rotel.Exporters.Tests.Datadog.Intake;

/// <summary>Where bodies are cut; both halves are read by Google.Protobuf and System.Text.Json.</summary>
public sealed class PayloadCutterTests
{
    [Theory]
    [InlineData(DatadogCompression.Gzip)]
    [InlineData(DatadogCompression.Zstd)]
    [InlineData(DatadogCompression.None)]
    public void Cut_SeveralTracers_KeepsEachWhole(DatadogCompression compression)
    {
        var payload = Agent(Tracer("a", Chunk(1, 2)), Tracer("b", Chunk(3)), Tracer("c", Chunk(4, 5, 6)));

        var (first, second) = Cut(DatadogIntake.Traces, payload, 6, compression)!.Value;

        Assert.Equal(Agent(Tracer("a", Chunk(1, 2))), AgentPayload.Parser.ParseFrom(first.Body));
        Assert.Equal(Agent(Tracer("b", Chunk(3)), Tracer("c", Chunk(4, 5, 6))), AgentPayload.Parser.ParseFrom(second.Body));
        Assert.Equal((2, 4), (first.Items, second.Items));
    }

    [Fact]
    public void Cut_OneTracer_KeepsTracesWhole()
    {
        var payload = Agent(Tracer("a", Chunk(1, 2), Chunk(3), Chunk(4)));

        var (first, second) = Cut(DatadogIntake.Traces, payload, 4)!.Value;

        Assert.Equal(Agent(Tracer("a", Chunk(1, 2))), AgentPayload.Parser.ParseFrom(first.Body));
        Assert.Equal(Agent(Tracer("a", Chunk(3), Chunk(4))), AgentPayload.Parser.ParseFrom(second.Body));
        Assert.Equal((2, 2), (first.Items, second.Items));
    }

    [Fact]
    public void Cut_OneTrace_IsCutBetweenItsSpans()
    {
        var payload = Agent(Tracer("a", Chunk(1, 2, 3, 4, 5)));

        var (first, second) = Cut(DatadogIntake.Traces, payload, 5)!.Value;

        Assert.Equal(Agent(Tracer("a", Chunk(1, 2))), AgentPayload.Parser.ParseFrom(first.Body));
        Assert.Equal(Agent(Tracer("a", Chunk(3, 4, 5))), AgentPayload.Parser.ParseFrom(second.Body));
        Assert.Equal((2, 3), (first.Items, second.Items));
    }

    [Fact]
    public void Cut_OneSpan_CannotBe() => Assert.Null(Cut(DatadogIntake.Traces, Agent(Tracer("a", Chunk(1))), 1));

    [Fact]
    public void Cut_Series_IsCutBetweenThem()
    {
        var payload = new MetricPayload();
        for (var i = 0; i < 5; i++)
            payload.Series.Add(new MetricSeries { Metric = $"m{i}", Points = { new MetricPoint { Value = i } } });

        var (first, second) = Cut(DatadogIntake.Series, payload, 5)!.Value;

        Assert.Equal(["m0", "m1"], MetricPayload.Parser.ParseFrom(first.Body).Series.Select(series => series.Metric));
        Assert.Equal(["m2", "m3", "m4"], MetricPayload.Parser.ParseFrom(second.Body).Series.Select(series => series.Metric));
        Assert.Equal((2, 3), (first.Items, second.Items));
        Assert.Null(Cut(DatadogIntake.Series, new MetricPayload { Series = { payload.Series[0] } }, 1));
    }

    [Fact]
    public void Cut_RecordsAreNotItems_SharesTheItemsOut()
    {
        var payload = new MetricPayload();
        for (var i = 0; i < 10; i++)
            payload.Series.Add(new MetricSeries { Metric = $"m{i}" });

        var (first, second) = Cut(DatadogIntake.Series, payload, 3)!.Value;

        Assert.Equal((1, 2), (first.Items, second.Items));
    }

    [Fact]
    public void Cut_Sketches_RepeatsWhatIsBesideThem()
    {
        var payload = new SketchPayload { Metadata = new CommonMetadata { AgentVersion = "7" } };
        payload.Sketches.Add(new Rotel.Datadog.TestKit.Metrics.Sketch { Metric = "a" });
        payload.Sketches.Add(new Rotel.Datadog.TestKit.Metrics.Sketch { Metric = "b" });

        var (first, second) = Cut(DatadogIntake.Sketches, payload, 2)!.Value;

        var halves = new[] { first, second }.Select(half => SketchPayload.Parser.ParseFrom(half.Body)).ToArray();
        Assert.Equal(["a", "b"], halves.Select(half => Assert.Single(half.Sketches).Metric));
        Assert.All(halves, half => Assert.Equal("7", half.Metadata.AgentVersion));
    }

    [Fact]
    public void Cut_Logs_IsCutBetweenElements()
    {
        var logs = """ [ {"message":"a,]"}, {"n":{"x":[1,2]}} ,"text",4 , null ] """u8.ToArray();

        var (first, second) = Cut(DatadogIntake.Logs, logs, 5)!.Value;

        Assert.Equal("""[{"message":"a,]"},{"n":{"x":[1,2]}}]""", JsonSerializer.Serialize(JsonElement.Parse(first.Body)));
        Assert.Equal("""["text",4,null]""", JsonSerializer.Serialize(JsonElement.Parse(second.Body)));
        Assert.Equal((2, 3), (first.Items, second.Items));
        Assert.Null(Cut(DatadogIntake.Logs, "[{}]"u8.ToArray(), 1));
    }

    [Fact]
    public void Cut_WhatHasNoKnownRecords_CannotBe() => Assert.Null(Cut(DatadogIntake.HostMetadata, "{}"u8.ToArray(), 0));

    private static (Half First, Half Second)? Cut(
        DatadogIntake intake, IMessage message, int items, DatadogCompression compression = DatadogCompression.Gzip) =>
        Cut(intake, message.ToByteArray(), items, compression);

    private static (Half First, Half Second)? Cut(
        DatadogIntake intake, byte[] body, int items, DatadogCompression compression = DatadogCompression.Gzip)
    {
        using var bench = new ExporterBench();
        using var client = new DatadogClient(new DatadogExporterOptions { ApiKey = "key", Compression = compression }, bench.Context);
        var cutter = new PayloadCutter(client, bench.Context.Pool);
        (Half First, Half Second)? halves = null;
        using (var payload = new IntakePayload(intake, client.Compress(intake, body), body.Length, items))
        {
            if (cutter.Cut(payload) is var (first, second))
            {
                halves = (Read(client, first), Read(client, second));
                first.Dispose();
                second.Dispose();
            }
        }

        Assert.Equal(0, bench.Budget.Reserved);
        return halves;
    }

    private static Half Read(DatadogClient client, IntakePayload payload)
    {
        var body = new byte[payload.UncompressedLength];
        if (client.CompressorFor(payload.Intake) is { } compressor)
            compressor.Restore(payload.Body, body);
        else
            payload.Body.CopyTo(body);
        return new Half(body, payload.Items);
    }

    private static AgentPayload Agent(params TracerPayload[] tracers) => new()
    {
        HostName = "host",
        TracerPayloads = { tracers },
        Tags = { ["a"] = "1" },
        AgentVersion = "9",
    };

    private static TracerPayload Tracer(string container, params TraceChunk[] chunks) => new()
    {
        ContainerId = container,
        Chunks = { chunks },
        Env = "test",
    };

    private static TraceChunk Chunk(params ulong[] spans) => new()
    {
        Priority = 1,
        Spans = { spans.Select(id => new Span { SpanId = id, Name = new string('n', 300) }) },
        Origin = "o",
    };

    private sealed record Half(byte[] Body, int Items);
}
