using System.Text;
using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>Reads OTLP/JSON with our reader, and what it made of it with Google.Protobuf.</summary>
internal static class JsonBody
{
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>The request that our reader makes of a text, which must be right.</summary>
    public static IMessage Request(OtlpSignal signal, ReadOnlySpan<byte> text) => OtlpItems.Parse(signal, Wire(signal, text));

    public static IMessage Request(OtlpSignal signal, string text) => Request(signal, Encoding.UTF8.GetBytes(text));

    /// <summary>The fault that our reader finds in a text, which must have one. Everything rented must have been given back.</summary>
    public static OtlpJsonReading Fault(OtlpSignal signal, ReadOnlySpan<byte> text, OtlpLimits? limits = null, int maxLength = MaxLength)
    {
        var budget = new ByteBudget(4 * MaxLength);
        var reading = OtlpJsonReader.Read(signal, text, new BufferPool(budget), maxLength, limits ?? OtlpLimits.Untrusted);
        Assert.False(reading.IsRead, Encoding.UTF8.GetString(text));
        Assert.Null(reading.Buffer);
        Assert.Equal(0, budget.Reserved);
        return reading;
    }

    public static OtlpJsonReading Fault(OtlpSignal signal, string text) => Fault(signal, Encoding.UTF8.GetBytes(text));

    public static byte[] Wire(OtlpSignal signal, ReadOnlySpan<byte> text)
    {
        var budget = new ByteBudget(4 * MaxLength);
        var reading = OtlpJsonReader.Read(signal, text, new BufferPool(budget), MaxLength, OtlpLimits.Untrusted);
        Assert.True(reading.IsRead, $"{reading.Describe()}\n{Encoding.UTF8.GetString(text)}");
        using var buffer = reading.Buffer!;
        Assert.Equal(buffer.Capacity, budget.Reserved);
        return buffer.Span[..reading.Length].ToArray();
    }

    /// <summary>A request around the fields of one item, given as the inside of its object.</summary>
    public static string Around(OtlpSignal signal, string itemFields) => signal switch
    {
        OtlpSignal.Traces => $$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{{{itemFields}}}]}]}]}""",
        OtlpSignal.Metrics => $$"""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{{{itemFields}}}]}]}]}""",
        _ => $$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{itemFields}}}]}]}]}""",
    };
}
