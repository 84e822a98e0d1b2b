using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>Makes two requests of one that is too large, between its records. Safe for concurrent use.</summary>
/// <param name="client">Whose compressors made the bodies.</param>
/// <param name="pool">For bodies; charged as overdraft, for sending them is what makes room.</param>
internal sealed class PayloadCutter(DatadogClient client, BufferPool pool)
{
    /// <summary>
    /// The two halves, which are the caller's; null when the payload holds a single record, or nothing that is known to be one. The payload
    /// stays the caller's. To be called on a worker: it decompresses and compresses.
    /// </summary>
    public (IntakePayload First, IntakePayload Second)? Cut(IntakePayload payload)
    {
        using var whole = pool.RentOverdraft(payload.UncompressedLength);
        var body = whole.Span[..payload.UncompressedLength];
        if (client.CompressorFor(payload.Intake) is { } compressor)
            compressor.Restore(payload.Body, body);
        else
            payload.Body.CopyTo(body);

        using var first = new PooledBytes(pool);
        using var second = new PooledBytes(pool);
        if (Cut(payload.Intake, body, first, second) is not { } cut)
            return null;

        var items = cut.ItemsOfFirst(payload.Items);
        var firstHalf = Close(payload.Intake, first, items);
        try
        {
            return (firstHalf, Close(payload.Intake, second, payload.Items - items));
        }
        catch
        {
            firstHalf.Dispose();
            throw;
        }
    }

    private RecordCut? Cut(DatadogIntake intake, ReadOnlySpan<byte> body, PooledBytes first, PooledBytes second) => intake switch
    {
        // AgentPayload.tracerPayloads, TracerPayload.chunks, TraceChunk.spans.
        DatadogIntake.Traces => ProtobufRecords.Cut(body, [5, 6, 3], first, second, pool),

        // MetricPayload.series and SketchPayload.sketches.
        DatadogIntake.Series or DatadogIntake.Sketches => ProtobufRecords.Cut(body, [1], first, second, pool),
        DatadogIntake.Logs => JsonRecords.Cut(body, first, second),
        _ => null,
    };

    private IntakePayload Close(DatadogIntake intake, PooledBytes body, int items) =>
        new(intake, client.Compress(intake, body.Memory), body.Length, items);
}
