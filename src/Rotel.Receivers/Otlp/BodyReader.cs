using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Reads request bodies into pooled buffers that are charged to the budget before their bytes are read: in steps, so that a sender who
/// promises much and sends little holds little. Nothing is held after a refusal or an exception.
/// </summary>
internal sealed class BodyReader
{
    /// <summary>What a body of unknown length starts with: a usual request of 100 spans fits after one step or two.</summary>
    private const int InitialCapacity = 16 * 1024;

    /// <summary>
    /// What a body of known length gets on its sender's word alone: a usual request of 100 spans whole. From there on room grows with what
    /// has arrived (docs/decisions/0027).
    /// </summary>
    private const int PromisedCapacity = 64 * 1024;

    /// <summary>How many times what has arrived is made room for: a body of 4 MiB is moved three times, and a third of it in all.</summary>
    private const int Growth = 4;

    /// <summary>Compressed bodies up to this are decompressed on the request's own thread; larger ones on a background worker.</summary>
    private const int MaxInlineDecompression = 64 * 1024;

    /// <summary>What a decompression takes beside the content, with some to spare: a larger limit would not fit an array.</summary>
    private const int MaxOverhead = 1024;

    private readonly Intake _intake;

    /// <summary>1 while a body that holds room waits for more.</summary>
    private int _growing;

    /// <param name="intake">Where buffers come from.</param>
    /// <param name="maxLength">The limit, in bytes, of a body as sent and after decompression.</param>
    public BodyReader(Intake intake, int maxLength)
    {
        _intake = intake;

        // A block may be a quarter larger than asked for; what could never be reserved is refused for its size, not as busy for ever.
        MaxLength = (int)Math.Min(Math.Min(maxLength, Array.MaxLength - MaxOverhead), intake.Pool.Budget.Limit / 5 * 4);
    }

    /// <summary>The limit in bytes, never more than the budget can hold.</summary>
    public int MaxLength { get; }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <param name="source">The request's body.</param>
    /// <param name="length">The sender's word for how long it is.</param>
    /// <param name="mustEnd">Whether bytes that follow are a fault, which is waited for; otherwise they are left.</param>
    /// <param name="scope">The request.</param>
    /// <exception cref="IOException">The connection failed, or the sender broke the transfer off.</exception>
    /// <exception cref="OperationCanceledException">The sender went away.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> ReadExactAsync(PipeReader source, long length, bool mustEnd, RequestScope scope)
    {
        if (length > MaxLength)
            return ReceivedBody.TooLarge(MaxLength);
        // Whoever could not be let in whole waits before it has sent anything in vain.
        if (length > PromisedCapacity && !await FindRoomAsync(length, reserves: false, scope).ConfigureAwait(false))
            return ReceivedBody.Busy();
        var buffer = await RentAsync((int)Math.Min(length, PromisedCapacity), scope).ConfigureAwait(false);
        try
        {
            var written = 0;
            while (buffer is not null && written < length)
            {
                var read = await source.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                var room = Math.Min(buffer.Capacity, length) - written;
                var taken = read.Buffer.Length > room ? read.Buffer.Slice(0, room) : read.Buffer;
                var isAll = taken.Length == read.Buffer.Length;
                taken.CopyTo(buffer.Span[written..]);
                written += (int)taken.Length;
                source.AdvanceTo(taken.End);
                if (written == length)
                    break;
                if (isAll && read.IsCompleted)
                {
                    buffer.Dispose();
                    return ReceivedBody.Refused(RefusalReason.Malformed, $"The body ends after {written} of {length} bytes.");
                }

                if (!isAll)
                    buffer = await GrowAsync(buffer, written, Math.Min((long)buffer.Capacity * Growth, length), scope).ConfigureAwait(false);
            }

            if (buffer is null)
                return ReceivedBody.Busy();
            if (mustEnd && !await EndsAsync(source).ConfigureAwait(false))
            {
                buffer.Dispose();
                return ReceivedBody.Refused(RefusalReason.Malformed, "Something follows the message.");
            }

            return ReceivedBody.Of(buffer, written);
        }
        catch
        {
            buffer?.Dispose();
            throw;
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <inheritdoc cref="ReadExactAsync" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> ReadToEndAsync(PipeReader source, RequestScope scope)
    {
        var buffer = await RentAsync(Math.Min(InitialCapacity, MaxLength), scope).ConfigureAwait(false);
        try
        {
            var written = 0;
            while (buffer is not null)
            {
                var read = await source.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                var room = Math.Min(buffer.Capacity, MaxLength) - written;
                var taken = read.Buffer.Length > room ? read.Buffer.Slice(0, room) : read.Buffer;
                var isWhole = read.IsCompleted && taken.Length == read.Buffer.Length;
                var overflows = taken.Length < read.Buffer.Length;
                taken.CopyTo(buffer.Span[written..]);
                written += (int)taken.Length;
                source.AdvanceTo(taken.End);
                if (isWhole)
                    return ReceivedBody.Of(buffer, written);
                if (!overflows)
                    continue;
                if (written == MaxLength)
                {
                    buffer.Dispose();
                    return ReceivedBody.TooLarge(MaxLength);
                }

                buffer = await GrowAsync(buffer, written, Math.Min(buffer.Capacity * 2L, MaxLength), scope).ConfigureAwait(false);
            }

            return ReceivedBody.Busy();
        }
        catch
        {
            buffer?.Dispose();
            throw;
        }
    }

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

    /// <summary>
    /// Replaces an OTLP/JSON body, of which it takes ownership, with its wire form. Read on a background worker whatever its size.
    /// </summary>
    /// <exception cref="OperationCanceledException">The sender went away while this waited for room.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> ReadJsonAsync(OtlpSignal signal, ReceivedBody json, RequestScope scope)
    {
        try
        {
            PooledBuffer? room = null;
            while (true)
            {
                var reading = await ReadJsonOnWorkerAsync(signal, json, room).ConfigureAwait(false);
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

    private static async ValueTask<bool> EndsAsync(PipeReader source)
    {
        while (true)
        {
            var read = await source.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var isEmpty = read.Buffer.IsEmpty;
            source.AdvanceTo(read.Buffer.End);
            if (!isEmpty || read.IsCompleted)
                return isEmpty;
        }
    }

    private static ReceivedBody Drop(ref PooledBuffer? buffer, ReceivedBody refusal)
    {
        buffer!.Dispose();
        buffer = null;
        return refusal;
    }

    private ValueTask<PooledBuffer?> RentAsync(int size, RequestScope scope) => _intake.TryRent(size, out var buffer)
        ? new ValueTask<PooledBuffer?>(buffer)
        : _intake.RentAsync(size, scope.Deadlines, scope.SenderGone);

    private ValueTask<bool> FindRoomAsync(long bytes, bool reserves, RequestScope scope) =>
        _intake.FindRoomAsync(bytes, reserves, scope.Deadlines, scope.SenderGone);

    /// <summary>Moves what was written to a larger buffer; null, with the old one disposed, when there is no room for it.</summary>
    private async ValueTask<PooledBuffer?> GrowAsync(PooledBuffer buffer, int written, long size, RequestScope scope)
    {
        if (!_intake.TryRent((int)size, out var grown))
        {
            // Bodies that hold room and wait for more would wait for each other until none is let in: one of them waits, the others give way.
            if (Interlocked.Exchange(ref _growing, 1) != 0)
            {
                buffer.Dispose();
                return null;
            }

            try
            {
                grown = await _intake.RentAsync((int)size, scope.Deadlines, scope.SenderGone).ConfigureAwait(false);
            }
            finally
            {
                Volatile.Write(ref _growing, 0);
            }
        }

        if (grown is not null)
            buffer.Span[..written].CopyTo(grown.Span);
        buffer.Dispose();
        return grown;
    }
}
