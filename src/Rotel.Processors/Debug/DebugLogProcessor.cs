using System.Globalization;
using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Otlp.Text;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;

namespace Rotel.Processors.Debug;

/// <summary>
/// Writes what passes to the log, at Information, and changes nothing: a line with counts per payload or, detailed, every field of
/// every item as one log event. Detailed is for looking at a few payloads; its text is several times their size. Safe for concurrent use.
/// </summary>
/// <param name="logger">Of the category <see cref="Category"/>, by which it can be switched at run time.</param>
/// <param name="detailed">Whether fields are written.</param>
/// <param name="stage">Where in the flow this one stands, when there are several.</param>
internal sealed class DebugLogProcessor(ILogger logger, bool detailed, DebugLogStage stage = DebugLogStage.Only) : IPayloadProcessor
{
    public const string Category = "Rotel.Debug";

    private readonly string _stage = stage switch
    {
        DebugLogStage.BeforeProcessing => " before processing",
        DebugLogStage.AfterProcessing => " after processing",
        _ => "",
    };

    public OtlpPayload Process(OtlpPayload payload)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return payload;

        try
        {
            if (detailed)
                WriteFields(payload);
            else
                WriteCounts(payload);
        }
        catch (WireFormatException)
        {
            // Bodies of our own process are only looked at from outside at the door.
            logger.NotReadable(payload.Signal.Name(), payload.Length);
        }

        return payload;
    }

    private void WriteFields(OtlpPayload payload)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        OtlpTextWriter.Write(payload.Signal, payload.Body.Span, text);
        logger.ReceivedDetails(payload.Signal.Name(), _stage, text.ToString());
    }

    private void WriteCounts(OtlpPayload payload)
    {
        var counts = OtlpCounts.Of(payload.Signal, payload.Body.Span);
        if (payload.Signal == OtlpSignal.Metrics)
            logger.ReceivedMetrics(_stage, counts.Resources, counts.Metrics, counts.Items);
        else
            logger.Received(payload.Signal.Name(), _stage, counts.Resources, counts.Items, payload.Signal.ItemNoun());
    }
}
