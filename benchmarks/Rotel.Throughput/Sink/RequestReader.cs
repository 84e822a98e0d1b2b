using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Rotel.Otlp;

namespace Rotel.Throughput.Sink;

/// <summary>Reads a request of either transport to its end and counts what is in it.</summary>
internal static class RequestReader
{
    private const int FramePrefixLength = 5;

    /// <param name="fresh">Told of the spans in a body without compression that say when they were sent, or null.</param>
    /// <returns>The items, and the body's length on the wire; -1 items when the body is not what its headers say.</returns>
    public static async ValueTask<(long Items, long WireBytes)> CountAsync(
        HttpRequest request, OtlpSignal signal, bool grpc, FreshSpans? fresh)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(request.HttpContext.RequestAborted);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var wireBytes = read.Buffer.Length;
            var body = ArrayPool<byte>.Shared.Rent((int)wireBytes);
            try
            {
                read.Buffer.CopyTo(body);
                reader.AdvanceTo(read.Buffer.End);
                fresh?.Take(body.AsSpan(0, (int)wireBytes));
                return (Count(request, signal, grpc, body, (int)wireBytes), wireBytes);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(body);
            }
        }
    }

    public static bool IsJson(HttpRequest request) => request.ContentType == OtlpRoutes.MediaType(BodyEncoding.Json);

    private static long Count(HttpRequest request, OtlpSignal signal, bool grpc, byte[] body, int length)
    {
        var json = IsJson(request);
        var start = 0;
        string? encoding = request.Headers.ContentEncoding.ToString();
        if (grpc)
        {
            if (length < FramePrefixLength || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != length - FramePrefixLength)
                return -1;
            start = FramePrefixLength;
            encoding = body[0] == 0 ? null : request.Headers["grpc-encoding"].ToString();
        }

        return encoding switch
        {
            null or "" or "identity" => CountItems(signal, json, body.AsSpan(start, length - start)),
            "gzip" => CountGzip(signal, json, body, start, length - start),
            _ => -1,
        };
    }

    private static long CountItems(OtlpSignal signal, bool json, ReadOnlySpan<byte> request) =>
        json ? JsonItemCounter.Count(signal, request) : ItemCounter.Count(signal, request);

    private static long CountGzip(OtlpSignal signal, bool json, byte[] body, int start, int length)
    {
        using var gzip = new GZipStream(new MemoryStream(body, start, length), CompressionMode.Decompress);
        var inflated = ArrayPool<byte>.Shared.Rent(Math.Max(64 * 1024, length * 8));
        try
        {
            var filled = 0;
            for (int read; (read = gzip.Read(inflated, filled, inflated.Length - filled)) > 0;)
            {
                filled += read;
                if (filled == inflated.Length)
                    inflated = Grow(inflated);
            }

            return CountItems(signal, json, inflated.AsSpan(0, filled));
        }
        catch (InvalidDataException)
        {
            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(inflated);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
