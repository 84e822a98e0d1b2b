using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rotel.Otlp;

namespace Rotel.Receivers.Otlp;

/// <summary>Writes the answers of unary gRPC methods.</summary>
internal static class GrpcAnswer
{
    private const string ContentType = "application/grpc";

    /// <summary>An uncompressed message of no bytes, which is full success for every signal.</summary>
    private static readonly ReadOnlyMemory<byte> EmptyMessage = new byte[5];

    public static async Task SucceedAsync(HttpResponse response, ExportResponse answer)
    {
        response.ContentType = ContentType;
        response.AppendTrailer("grpc-status", "0");
        var message = answer.IsPartialSuccess ? Frame(answer) : EmptyMessage;
        await response.BodyWriter.WriteAsync(message, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Answers without a message: the status goes into the headers, which gRPC calls trailers-only.</summary>
    public static void Fail(HttpResponse response, RpcStatus status)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers["grpc-status"] = status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = PercentEncode(status.Message);
        if (status.RetryDelay is null)
            return;

        var details = new ArrayBufferWriter<byte>();
        status.Write(details);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(details.WrittenSpan).TrimEnd('=');
    }

    private static ReadOnlyMemory<byte> Frame(ExportResponse answer)
    {
        var message = new ArrayBufferWriter<byte>();
        answer.Write(message);
        var frame = new byte[EmptyMessage.Length + message.WrittenCount];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.WrittenCount);
        message.WrittenSpan.CopyTo(frame.AsSpan(EmptyMessage.Length));
        return frame;
    }

    /// <summary>Printable ASCII but for the percent sign as it is, every other byte of the UTF-8 form as <c>%XX</c>.</summary>
    internal static string PercentEncode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7e and not (byte)'%')
                encoded.Append((char)value);
            else
                encoded.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
