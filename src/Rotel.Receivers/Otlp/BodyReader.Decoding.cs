using System.Runtime.CompilerServices;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;

namespace Rotel.Receivers.Otlp;

/// <content>What becomes of a body that was read whole: its codings are undone, and JSON is turned into wire form.</content>
internal sealed partial class BodyReader
{
    /// <summary>Compressed bodies up to this are decompressed on the request's own thread; larger ones on a background worker.</summary>
    private const int MaxInlineDecompression = 64 * 1024;

    /// <summary>
    /// OTLP/JSON up to this is read on the request's own thread, in the time that other work done there takes at most; larger text on a
    /// background worker (docs/decisions/0028).
    /// </summary>
    private const int MaxInlineJson = 64 * 1024;

    /// <summary>Replaces a compressed body, of which it takes ownership, with what it holds.</summary>
    /// <exception cref="OperationCanceledException">The sender went away while this waited for room.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> DecompressAsync(ReceivedBody compressed, ContentCoding coding, RequestScope scope)
    {
        PooledBuffer? buffer = null;
        long window = 0;
        try
        {
            using var decompression = Decompression.Open(coding, compressed.Buffer!.Array, compressed.Length, MaxLength);
            if (decompression is null)
                return ReceivedBody.Refused(RefusalReason.Malformed, $"The body is not {NameOf(coding)}, as its encoding says.");
            if (decompression.WindowLength > _intake.Pool.Budget.Limit / 2)
                return ReceivedBody.WindowTooLarge();
            if (decompression.WindowLength > 0
                && !await FindRoomAsync(decompression.WindowLength, reserves: true, scope).ConfigureAwait(false))
            {
                return ReceivedBody.Busy();
            }

            window = decompression.WindowLength;

            // One byte more than may come, so that there is always room to find out that nothing more does.
            var most = MaxLength + decompression.TailLength + 1;
            buffer = await RentAsync(
                Math.Min(decompression.GuessLength(), MaxLength) + decompression.TailLength + 1, scope).ConfigureAwait(false);
            while (buffer is not null)
            {
                var output = buffer.Memory[..Math.Min(buffer.Capacity, most)];
                var step = compressed.Length > MaxInlineDecompression
                    ? await RunOnWorkerAsync(decompression, output).ConfigureAwait(false)
                    : decompression.Run(output.Span);
                if (step == DecompressionStep.Damaged)
                {
                    return Drop(
                        ref buffer, ReceivedBody.Refused(RefusalReason.Malformed, $"The {NameOf(coding)} body is damaged or cut short."));
                }

                if (step == DecompressionStep.Finished && decompression.Written <= MaxLength)
                    return ReceivedBody.Of(buffer, decompression.Written);
                if (step == DecompressionStep.Finished || output.Length == most)
                    return Drop(ref buffer, ReceivedBody.TooLarge(MaxLength));
                buffer = await GrowAsync(buffer, decompression.Written, Math.Min(buffer.Capacity * 2L, most), scope).ConfigureAwait(false);
            }

            return ReceivedBody.Busy();
        }
        catch
        {
            buffer?.Dispose();
            throw;
        }
        finally
        {
            compressed.Buffer!.Dispose();
            if (window > 0)
                _intake.Pool.Budget.Release(window);
        }
    }

    private static string NameOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "brotli",
        ContentCoding.Zstd => "zstd",
        ContentCoding.Lz4 => "lz4",
        ContentCoding.Deflate => "deflate",
        _ => "gzip",
    };

    private Task<DecompressionStep> RunOnWorkerAsync(Decompression decompression, Memory<byte> output) =>
        _intake.Workers.RunAsync(() => decompression.Run(output.Span));

    /// <summary>Replaces an OTLP/JSON body, of which it takes ownership, with its wire form.</summary>
    /// <exception cref="OperationCanceledException">The sender went away while this waited for room.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> ReadJsonAsync(OtlpSignal signal, ReceivedBody json, RequestScope scope)
    {
        try
        {
            PooledBuffer? room = null;
            while (true)
            {
                var reading = json.Length <= MaxInlineJson
                    ? OtlpJsonReader.Read(signal, json.Span, _intake.Pool, MaxLength, _intake.Limits, room)
                    : await ReadJsonOnWorkerAsync(signal, json, room).ConfigureAwait(false);
                if (reading.Buffer is { } wire)
                    return ReceivedBody.Of(wire, reading.Length);
                if (reading.Fault != OtlpJsonFault.NoRoom)
                    return ReceivedBody.Refused(reading.Reason, reading.Describe());
                room = await RentAsync(reading.RoomNeeded, scope).ConfigureAwait(false);
                if (room is null)
                    return ReceivedBody.Busy();
            }
        }
        finally
        {
            json.Buffer!.Dispose();
        }
    }

    private Task<OtlpJsonReading> ReadJsonOnWorkerAsync(OtlpSignal signal, ReceivedBody json, PooledBuffer? room) =>
        _intake.Workers.RunAsync(() => OtlpJsonReader.Read(signal, json.Span, _intake.Pool, MaxLength, _intake.Limits, room));

    private static ReceivedBody Drop(ref PooledBuffer? buffer, ReceivedBody refusal)
    {
        buffer!.Dispose();
        buffer = null;
        return refusal;
    }
}
