using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Otlp;
using Rotel.Processors.Editing;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Truncation;

public sealed class TruncateProcessorTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Texts_OfAnyLegalBody_AreCutAsInTheReference(OtlpSignal signal)
    {
        var changed = 0;
        for (var i = 0; i < 300; i++)
        {
            var seed = FreshSeed.Value + i;
            var body = EditingBench.Draw(signal, seed);
            var expected = OtlpItems.Parse(signal, body);
            if (OtlpItems.Count(expected) == 0)
                continue;
            var maxBytes = 1 + (seed % 40);
            ReferenceTruncation.Apply(expected, maxBytes);

            var written = new EditingBench(signal, new TruncateEditor(maxBytes)).Process(body, out var isSame);

            Assert.True(expected.Equals(OtlpItems.Parse(signal, written!)), $"seed {seed}, {maxBytes} bytes");
            changed += isSame ? 0 : 1;
        }

        Assert.True(changed > 50, $"only {changed} bodies were changed");
    }

    [Theory]
    [InlineData(4, "für", "für")]
    [InlineData(3, "für", "fü")]
    [InlineData(2, "für", "f")]
    [InlineData(3, "🦊", "")]
    [InlineData(4, "🦊🦊", "🦊")]
    public void Text_IsCutBeforeTheCharacterThatDoesNotFit(int maxBytes, string text, string expected)
    {
        var request = Log(text);

        var written = new EditingBench(OtlpSignal.Logs, new TruncateEditor(maxBytes)).Process(request.ToByteArray());

        Assert.Equal(Log(expected), ExportLogsServiceRequest.Parser.ParseFrom(written));
    }

    [Fact]
    public void Value_NestedAsDeepAsIsAccepted_IsCut()
    {
        var value = new AnyValue { StringValue = new string('x', 400) };
        for (var depth = 0; depth < 47; depth++)
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        var request = Log("body");
        request.ResourceLogs[0].ScopeLogs[0].LogRecords[0].Body = value;
        var expected = request.Clone();
        ReferenceTruncation.Apply(expected, 4);

        var written = new EditingBench(OtlpSignal.Logs, new TruncateEditor(4)).Process(request.ToByteArray());

        Assert.Equal(expected, ExportLogsServiceRequest.Parser.ParseFrom(written));
    }

    [Fact]
    public void StandardBody_WithoutLongTexts_GoesOnAsItCame()
    {
        new EditingBench(OtlpSignal.Traces, new TruncateEditor(256)).Process(new StandardLoad().Encode(OtlpSignal.Traces), out var isSame);

        Assert.True(isSame);
    }

    private static ExportLogsServiceRequest Log(string body) => new()
    {
        ResourceLogs =
        {
            new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = new AnyValue { StringValue = body } } } } } },
        },
    };
}
