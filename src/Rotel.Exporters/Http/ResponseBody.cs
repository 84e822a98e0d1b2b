using System.Buffers;

namespace Rotel.Exporters.Http;

/// <summary>
/// What an answer's body says, up to a bound: a destination may send anything. Disposing gives the memory back.
/// </summary>
internal readonly struct ResponseBody : IDisposable
{
    /// <summary>What is kept, as the Collector does: more than any answer of OTLP needs.</summary>
    public const int MaxKeptBytes = 64 * 1024;

    /// <summary>What is read at all (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int FirstBlock = 4096;

    private readonly byte[]? _array;
    private readonly int _length;

    private ResponseBody(byte[]? array, int length, bool isComplete)
    {
        _array = array;
        _length = length;
        IsComplete = isComplete;
    }

    /// <summary>The first <see cref="MaxKeptBytes"/>. Valid until disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, _length);

    /// <summary>Whether the end was reached, so that trailers are there.</summary>
    public bool IsComplete { get; }

    /// <summary>Why an answer over <see cref="MaxBytes"/> is a failure that is not repeated.</summary>
    public static string TooLong(string destination) => $"the answer from {destination} is longer than {MaxBytes / 1024 / 1024} MiB";

    /// <summary>
    /// Reads to the end or to <see cref="MaxBytes"/>. Throws what the connection throws, unless something was read and
    /// <paramref name="keepsPart"/> is set: then that is the answer, and it is not complete.
    /// </summary>
    public static async ValueTask<ResponseBody> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken, bool keepsPart = false)
    {
        if (response.Content.Headers.ContentLength == 0)
            return new ResponseBody(null, 0, isComplete: true);

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var array = ArrayPool<byte>.Shared.Rent(FirstBlock);
        var kept = 0;
        try
        {
            while (kept < MaxKeptBytes)
            {
                if (kept == array.Length)
                    array = Grow(array, kept);
                var count = await stream.ReadAsync(array.AsMemory(kept), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return new ResponseBody(array, kept, isComplete: true);
                kept += count;
            }

            var ended = await SkipToEndAsync(stream, MaxBytes - kept, cancellationToken).ConfigureAwait(false);
            return new ResponseBody(array, MaxKeptBytes, ended);
        }
        catch (IOException) when (keepsPart && kept > 0 && !cancellationToken.IsCancellationRequested)
        {
            return new ResponseBody(array, kept, isComplete: false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array);
            throw;
        }
    }

    public void Dispose()
    {
        if (_array is not null)
            ArrayPool<byte>.Shared.Return(_array);
    }

    /// <summary>Trailers come after the body, so it is read even where nobody keeps it; false when there is too much of it.</summary>
    private static async ValueTask<bool> SkipToEndAsync(Stream stream, int atMost, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(FirstBlock);
        try
        {
            while (atMost > 0)
            {
                var count = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return true;
                atMost -= count;
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static byte[] Grow(byte[] array, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        array.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        return larger;
    }
}
