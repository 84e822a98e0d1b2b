using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Reads request bodies into pooled buffers that are charged to the budget before their bytes are read: in steps, so that a sender who
/// promises much and sends little holds little. Nothing is held after a refusal or an exception.
/// </summary>
internal sealed partial class BodyReader
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

                if (isAll)
                    continue;
                var capacity = Math.Min((long)buffer.Capacity * Growth, length);
                buffer = await GrowAsync(buffer, written, capacity, scope).ConfigureAwait(false);
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
    /// <param name="source">The request's body.</param>
    /// <param name="scope">The request.</param>
    /// <param name="promised">How long the body may be on its sender's word; 0 when nothing is known.</param>
    /// <inheritdoc cref="ReadExactAsync" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedBody> ReadToEndAsync(PipeReader source, RequestScope scope, long promised = 0)
    {
        var initial = (int)Math.Clamp(promised, InitialCapacity, PromisedCapacity);
        var buffer = await RentAsync(Math.Min(initial, MaxLength), scope).ConfigureAwait(false);
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
            // Bodies that hold room and wait for more would wait for each other until none is let in: one of them waits, the others give
            // way.
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
