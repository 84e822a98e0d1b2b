using System.Text;
using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Engine;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.DeadLetters;

/// <summary>A line says what was refused, and gives back all of it.</summary>
public sealed class DeadLetterWriterTests : IDisposable
{
    private readonly BufferPool _pool = new(new ByteBudget(64 * 1024 * 1024));
    private readonly DeadLetterWriter _writer;

    public DeadLetterWriterTests() => _writer = new DeadLetterWriter(_pool);

    public void Dispose()
    {
        _writer.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Fact]
    public void Write_Batch_IsOneJsonObjectThatSaysWhatItIs()
    {
        var line = Letters.Write(
            _writer,
            Letters.Of(
                Letters.Batch(_pool, OtlpSignal.Traces, TraceBody.Of(2), TraceBody.Of(1, "t")), message: "HTTP 400: no\n\"such\" tenant"));

        Assert.StartsWith(
            """{"time":"2026-03-01T12:00:00.250Z","signal":"traces","exporter":"backend","items":3,"reason":"destination_rejected",""",
            line,
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(line);
        Assert.Equal("HTTP 400: no \"such\" tenant", json.RootElement.GetProperty("message").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("request").GetProperty("resourceSpans").GetArrayLength());
        Assert.Equal(
            ["time", "signal", "exporter", "items", "reason", "message", "request"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Profiles)]
    public void Write_AnyTelemetry_GivesTheSameBack(OtlpSignal signal)
    {
        var asJson = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            if (OtlpItems.Count(request) == 0)
                continue;
            var body = seed % 2 == 0
                ? request.ToByteArray()
                : new WireReshaper(seed, WireReshaping.All).Reshape(request.ToByteArray(), request.Descriptor).Bytes;
            var expected = OtlpItems.Parse(signal, body);

            var line = Letters.Write(_writer, Letters.Of(Letters.Batch(_pool, signal, body)));

            Assert.Equal(expected, Letters.Request(_pool, line));
            asJson += Letters.Parse(line).IsProtobuf ? 0 : 1;
        }

        Assert.True(signal == OtlpSignal.Profiles ? asJson == 0 : asJson > 3, $"{asJson} as JSON");
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Write_OrdinaryTelemetry_IsOtlpJson(OtlpSignal signal)
    {
        var first = new StandardLoad(1).Next(signal);
        var second = new StandardLoad(2).Next(signal);

        var line = Letters.Write(_writer, Letters.Of(Letters.Batch(_pool, signal, first.ToByteArray(), second.ToByteArray())));

        Assert.False(Letters.Parse(line).IsProtobuf);
        first.MergeFrom(second.ToByteArray());
        Assert.Equal(first, Letters.Request(_pool, line));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_WhatJsonCannotSay_IsBase64OfTheSameBytes(bool isNoUnicode)
    {
        var body = TraceBody.Of(2, prefix: "name");
        if (isNoUnicode)
            body[body.AsSpan().IndexOf("name"u8)] = 0xFF;
        else
            body = [.. body, 0xF8, 0x07, 0x01];

        var line = Letters.Write(_writer, Letters.Of(Odd(body)));

        using var json = JsonDocument.Parse(line);
        Assert.Equal(body, json.RootElement.GetProperty("protobuf").GetBytesFromBase64());
        Assert.False(json.RootElement.TryGetProperty("request", out _));
    }

    [Fact]
    public void Write_LargeBodyAsBase64_HasNoPaddingInTheMiddle()
    {
        byte[] body = [.. TraceBody.Of(20, padding: 10_000), 0xF8, 0x07, 0x01];

        var line = Letters.Write(_writer, Letters.Of(Letters.Batch(_pool, OtlpSignal.Traces, body)));

        Assert.Equal(body, JsonDocument.Parse(line).RootElement.GetProperty("protobuf").GetBytesFromBase64());
        Assert.Equal(ExportTraceServiceRequest.Parser.ParseFrom(body), Letters.Request(_pool, line));
    }

    [Fact]
    public void Write_OnlyTheEncodedFormIsThere_RestoresOrSaysThatItCannot()
    {
        var body = TraceBody.Of(3);
        var compressed = Letters.Batch(_pool, OtlpSignal.Traces, body);
        compressed.Encode(new ScriptedEncoding(_pool, compressed, canRestore: true));
        var line = Letters.Write(_writer, Letters.Of(compressed));
        Assert.Equal(ExportTraceServiceRequest.Parser.ParseFrom(body), Letters.Request(_pool, line));

        using var gone = Letters.Batch(_pool, OtlpSignal.Traces, body);
        gone.Encode(new ScriptedEncoding(_pool, gone, canRestore: false) { Replaces = true });
        Assert.Null(_writer.TryWrite(Letters.Of(gone)));
    }

    [Fact]
    public void Write_PartOfItIsThere_SaysHowMuch()
    {
        var batch = Letters.Batch(_pool, OtlpSignal.Traces, TraceBody.Of(8));
        batch.Encode(new ScriptedEncoding(_pool, batch, canRestore: false) { Replaces = true, Delivered = 5 }, keepWireForm: true);

        var line = Letters.Write(_writer, Letters.Of(batch));

        var read = Letters.Parse(line);
        Assert.Equal((8L, 3L), (read.Items, read.Lost));
        Assert.Equal(3, DeadLetterLine.TryReadHead(Encoding.UTF8.GetBytes(line[..200]))!.Lost);
    }

    [Fact]
    public void Write_Headers_AreKeptExceptCredentials()
    {
        var metadata = new RequestMetadata([new("authorization", "Bearer s3cr3t"), new("x-tenant", "a,b")]);

        var line = Letters.Write(_writer, Letters.Of(Letters.Batch(_pool, OtlpSignal.Traces, metadata, TraceBody.Of(1))));

        Assert.DoesNotContain("s3cr3t", line, StringComparison.Ordinal);
        var read = Letters.Parse(line);
        Assert.Equal([new("authorization", null), new("x-tenant", "a,b")], read.Headers);
        Assert.False(DeadLetterPayload.TryRead(read, Encoding.UTF8.GetBytes(line), _pool, out _, out var problem));
        Assert.Contains("'authorization'", problem, StringComparison.Ordinal);

        line = line.Replace("\"authorization\":null", "\"authorization\":\"Bearer x\"", StringComparison.Ordinal);
        Assert.True(DeadLetterPayload.TryRead(Letters.Parse(line), Encoding.UTF8.GetBytes(line), _pool, out var payload, out _));
        using (payload)
            Assert.Equal([new("authorization", "Bearer x"), new("x-tenant", "a,b")], payload.Metadata!.Headers);
    }

    [Fact]
    public void Write_LongMessage_IsCut()
    {
        var line = Letters.Write(
            _writer, Letters.Of(Letters.Batch(_pool, OtlpSignal.Traces, TraceBody.Of(1)), message: new string('x', 100_000)));

        Assert.InRange(
            JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()!.Length, 1, DeadLetterWriter.MaxMessageLength + 1);
    }

    /// <summary>A batch of traces whose body Google.Protobuf would not parse.</summary>
    private OtlpBatch Odd(byte[] body)
    {
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        var batch = new OtlpBatch(OtlpSignal.Traces);
        batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, itemCount: 2));
        return batch;
    }
}
