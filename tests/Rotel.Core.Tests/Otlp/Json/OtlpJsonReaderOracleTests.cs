using System.Buffers;
using System.Text;
using Google.Protobuf;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>
/// OTLP/JSON read against the Google.Protobuf message that it was written from: every field of every message, in whatever form, becomes
/// what Google.Protobuf reads from our wire form.
/// </summary>
public sealed class OtlpJsonReaderOracleTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Profiles)]
    [Proves("json.oracle")]
    public void Read_AnyRequestInAnyForm_IsThatRequest(OtlpSignal signal) => AssertForms(signal, firstSeed: 1, bodies: 400);

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [Trait("Category", "Long")]
    public void Read_ThousandsOfFreshRequestsInAnyForm_AreThoseRequests(OtlpSignal signal)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        AssertForms(signal, FreshSeed.Value, bodies: 4_000);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Read_WhatOurWriterWrote_IsTheSameRequest(OtlpSignal signal)
    {
        using var writer = new OtlpJsonWriter();
        for (var seed = 0; seed < 200; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            var text = new ArrayBufferWriter<byte>();
            writer.Write(signal, request.ToByteArray(), text);

            AssertSame(seed, request, signal, text.WrittenSpan);

            // Its keys are in the order that fast paths count on.
            var wire = JsonBody.Wire(signal, text.WrittenSpan);
            Assert.True(OtlpValidator.Validate(signal, wire, OtlpLimits.Untrusted).IsCanonical, $"seed {seed}");
        }
    }

    private static void AssertForms(OtlpSignal signal, int firstSeed, int bodies)
    {
        for (var seed = firstSeed; seed < firstSeed + bodies; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);

            AssertSame(seed, request, signal, Encoding.UTF8.GetBytes(new JsonRendition(seed).Write(request)));
        }
    }

    private static void AssertSame(int seed, IMessage request, OtlpSignal signal, ReadOnlySpan<byte> text)
    {
        var wire = JsonBody.Wire(signal, text);
        var read = OtlpItems.Parse(signal, wire);

        // Only their own JSON makes all values that are not a number the same.
        Assert.True(
            request.Equals(read) || request.ToString() == read.ToString(),
            $"seed {seed}\nexpected {request}\nread     {read}\nfrom {Encoding.UTF8.GetString(text)}");
        var validation = OtlpValidator.Validate(signal, wire, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid, $"seed {seed}: {validation.Describe()}");
        Assert.Equal(0, validation.InvalidUtf8Count);
        Assert.Equal(OtlpItems.Count(request), validation.ItemCount);
        Assert.True(signal == OtlpSignal.Profiles || !validation.HasUnknownTopLevelField);
    }
}
