using System.Buffers;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// A <c>google.rpc.Status</c>, the body of every OTLP failure: over HTTP the response body, over gRPC the <c>grpc-status-details-bin</c>
/// trailer (https://opentelemetry.io/docs/specs/otlp/#failures).
/// </summary>
/// <param name="Code">The gRPC code; 0 when the sender left it out.</param>
/// <param name="Message">For developers; never null when made by <see cref="Read"/>.</param>
/// <param name="RetryDelay">
/// The delay of a <c>google.rpc.RetryInfo</c> among the details. Its presence, even with no delay, says that a retry is wanted.
/// </param>
internal readonly partial record struct RpcStatus(int Code, string Message, TimeSpan? RetryDelay = null)
{
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The bound of google.protobuf.Duration: about 10,000 years.</summary>
    private const long MaxDurationSeconds = 315_576_000_000;

    /// <summary>Writes the protobuf form.</summary>
    public void Write(IBufferWriter<byte> destination)
    {
        var writer = new WireWriter(destination);
        if (Code != 0)
            writer.WriteVarint(StatusFields.Status.Code, (ulong)Code);
        if (!string.IsNullOrEmpty(Message))
            writer.WriteString(StatusFields.Status.Message, Message);
        if (RetryDelay is { } delay)
            WriteRetryInfo(writer, delay);
    }

    /// <summary>
    /// Reads the protobuf form from a peer that may send anything: what could be read before the first fault is returned, and the
    /// message is cut to <see cref="BoundedText.MaxBytes"/>.
    /// </summary>
    public static RpcStatus Read(ReadOnlySpan<byte> body)
    {
        var code = 0;
        var message = default(ReadOnlySpan<byte>);
        TimeSpan? retryDelay = null;
        try
        {
            var reader = new WireReader(body);
            while (reader.TryReadTag(out uint tag))
            {
                switch (tag)
                {
                    case (StatusFields.Status.Code << 3) | WireTag.Varint:
                        code = reader.ReadInt32();
                        break;
                    case (StatusFields.Status.Message << 3) | WireTag.Len:
                        message = reader.ReadBytes();
                        break;
                    case (StatusFields.Status.Details << 3) | WireTag.Len:
                        retryDelay = ReadDetail(reader.ReadBytes()) ?? retryDelay;
                        break;
                    default:
                        reader.Skip(tag);
                        break;
                }
            }
        }
        catch (WireFormatException)
        {
            // A broken status is still a failure the caller handles by its HTTP or gRPC code.
        }

        return new RpcStatus(code, BoundedText.Decode(message), retryDelay);
    }

    private static void WriteRetryInfo(WireWriter writer, TimeSpan delay)
    {
        if (delay < TimeSpan.Zero)
            delay = TimeSpan.Zero;
        var seconds = delay.Ticks / TimeSpan.TicksPerSecond;
        var nanos = delay.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        var durationLength = (seconds == 0 ? 0 : WireWriter.VarintFieldLength((ulong)seconds))
            + (nanos == 0 ? 0 : WireWriter.VarintFieldLength((ulong)nanos));
        var retryInfoLength = WireWriter.BytesFieldLength(durationLength);

        writer.WriteMessageStart(
            StatusFields.Status.Details,
            WireWriter.BytesFieldLength(RetryInfoType.Length) + WireWriter.BytesFieldLength(retryInfoLength));
        writer.WriteString(StatusFields.Any.TypeUrl, RetryInfoType);
        writer.WriteMessageStart(StatusFields.Any.Value, retryInfoLength);
        writer.WriteMessageStart(StatusFields.RetryInfo.RetryDelay, durationLength);
        if (seconds != 0)
            writer.WriteVarint(StatusFields.Duration.Seconds, (ulong)seconds);
        if (nanos != 0)
            writer.WriteVarint(StatusFields.Duration.Nanos, (ulong)nanos);
    }

    /// <summary>The delay of one detail, or null when it is not a RetryInfo.</summary>
    private static TimeSpan? ReadDetail(ReadOnlySpan<byte> any)
    {
        var type = default(ReadOnlySpan<byte>);
        var value = default(ReadOnlySpan<byte>);
        var reader = new WireReader(any);
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case (StatusFields.Any.TypeUrl << 3) | WireTag.Len:
                    type = reader.ReadBytes();
                    break;
                case (StatusFields.Any.Value << 3) | WireTag.Len:
                    value = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return IsRetryInfo(type) ? ReadRetryInfo(value) : null;
    }

    /// <summary>Only what follows the last slash names the type; the host before it is free.</summary>
    private static bool IsRetryInfo(ReadOnlySpan<byte> typeUrl) =>
        typeUrl[(typeUrl.LastIndexOf((byte)'/') + 1)..].SequenceEqual("google.rpc.RetryInfo"u8);

    private static TimeSpan ReadRetryInfo(ReadOnlySpan<byte> retryInfo)
    {
        var duration = default(SingularMessage);
        var reader = new WireReader(retryInfo);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;
            if (tag == WireFormat.Tag(StatusFields.RetryInfo.RetryDelay, WireType.LengthDelimited))
                duration.Add(start, reader.ReadBytes());
            else
                reader.Skip(tag);
        }

        long seconds = 0;
        long nanos = 0;
        reader = new WireReader(duration.Merge(retryInfo, StatusFields.RetryInfo.RetryDelay));
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case (StatusFields.Duration.Seconds << 3) | WireTag.Varint:
                    seconds = (long)reader.ReadVarint();
                    break;
                case (StatusFields.Duration.Nanos << 3) | WireTag.Varint:
                    nanos = reader.ReadInt32();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        // Negative delays mean "now"; the bounds keep the arithmetic from overflowing.
        seconds = Math.Clamp(seconds, -1, MaxDurationSeconds);
        nanos = Math.Clamp(nanos, -NanosecondsPerSecond, NanosecondsPerSecond);
        return TimeSpan.FromTicks(Math.Max(0, (seconds * TimeSpan.TicksPerSecond) + (nanos / TimeSpan.NanosecondsPerTick)));
    }
}
