using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Durability;

/// <summary>
/// How a payload is written as a record of a log and made again from one. The content is the body as it is; where metadata came with it,
/// that is before it: its length in four bytes, then each name and value, a two-byte length before its UTF-8. Little-endian.
/// </summary>
internal static class PayloadRecord
{
    // These are on disk: a flag never changes its meaning.
    private const uint IsCanonical = 1;
    private const uint IsValidated = 2;
    private const uint TravelsAlone = 4;
    private const uint IsOwn = 8;
    private const uint HasMetadata = 16;

    /// <summary>What the log is to know of a payload.</summary>
    /// <param name="payload">To be written.</param>
    /// <param name="readers">Who is to have it.</param>
    /// <param name="handed">Those of them that have it in memory.</param>
    /// <param name="now">When it was accepted.</param>
    public static RecordHeader HeaderOf(OtlpPayload payload, ulong readers, ulong handed, DateTimeOffset now) => new()
    {
        Items = payload.ItemCount,
        Flags = (payload.IsCanonical ? IsCanonical : 0)
            | (payload.IsValidated ? IsValidated : 0)
            | (payload.TravelsAlone ? TravelsAlone : 0)
            | (payload.IsOwn ? IsOwn : 0)
            | (payload.Metadata is null ? 0 : HasMetadata),
        AcceptedAt = now.ToUnixTimeMilliseconds(),
        Readers = readers,
        Handed = handed,
    };

    /// <summary>What is written before the body; empty where no metadata came with it.</summary>
    public static ReadOnlyMemory<byte> HeadOf(OtlpPayload payload)
    {
        if (payload.Metadata is not { } metadata)
            return default;

        var length = sizeof(uint);
        foreach (var (name, value) in metadata.Headers)
            length += (2 * sizeof(ushort)) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        var head = new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(head, length - sizeof(uint));
        var rest = head.AsSpan(sizeof(uint));
        foreach (var (name, value) in metadata.Headers)
        {
            Write(name, ref rest);
            Write(value, ref rest);
        }

        return head;
    }

    /// <summary>
    /// Makes the payload of a record, whose content is in the first bytes of <paramref name="buffer"/>, which is the payload's from now on;
    /// false, and the buffer is given back, where the content is not what was written here.
    /// </summary>
    public static bool TryRead(
        OtlpSignal signal, in RecordHeader header, PooledBuffer buffer, [NotNullWhen(true)] out OtlpPayload? payload)
    {
        payload = null;
        var length = header.Length;
        RequestMetadata? metadata = null;
        if ((header.Flags & HasMetadata) != 0)
        {
            var content = buffer.Span[..length];
            if (!TryReadHead(content, out metadata, out var head))
            {
                buffer.Dispose();
                return false;
            }

            // Bodies begin where their buffers do.
            content[head..].CopyTo(content);
            length -= head;
        }

        payload = new OtlpPayload(signal, buffer, length, header.Items)
        {
            IsCanonical = (header.Flags & IsCanonical) != 0,
            IsValidated = (header.Flags & IsValidated) != 0,
            TravelsAlone = (header.Flags & TravelsAlone) != 0,
            IsOwn = (header.Flags & IsOwn) != 0,
            Metadata = metadata,
        };
        return true;
    }

    private static bool TryReadHead(ReadOnlySpan<byte> content, out RequestMetadata? metadata, out int length)
    {
        (metadata, length) = (null, 0);
        if (content.Length < sizeof(uint))
            return false;
        var headLength = BinaryPrimitives.ReadUInt32LittleEndian(content);
        if (headLength > content.Length - sizeof(uint))
            return false;

        length = sizeof(uint) + (int)headLength;
        var rest = content[sizeof(uint)..length];
        var headers = new List<KeyValuePair<string, string>>();
        while (!rest.IsEmpty)
        {
            if (!TryRead(ref rest, out var name) || !TryRead(ref rest, out var value))
                return false;
            headers.Add(new KeyValuePair<string, string>(name, value));
        }

        metadata = new RequestMetadata(headers);
        return true;
    }

    private static void Write(string text, ref Span<byte> rest)
    {
        var written = Encoding.UTF8.GetBytes(text, rest[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, checked((ushort)written));
        rest = rest[(sizeof(ushort) + written)..];
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (rest.Length < sizeof(ushort))
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        rest = rest[sizeof(ushort)..];
        if (length > rest.Length)
            return false;
        text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return true;
    }
}
