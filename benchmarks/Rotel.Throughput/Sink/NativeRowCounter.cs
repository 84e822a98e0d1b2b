using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Counts the rows of an insert in the Native format (https://clickhouse.com/docs/interfaces/formats/Native). Shares
/// no code with the collector.
/// </summary>
internal static class NativeRowCounter
{
    private const int ChecksumLength = 16;
    private const int FrameHeaderLength = 9;
    private const byte Uncompressed = 0x02;

    private static readonly ConcurrentDictionary<string, ClickHouseType> Types = new(StringComparer.Ordinal);

    /// <summary>
    /// In ClickHouse's compressed frames. Only frames are walked, nothing is decompressed: a block's header, its numbers of columns and
    /// rows, comes in an uncompressed frame of its own.
    /// </summary>
    /// <returns>The count; -1 when the frames are not well-formed or hold no header.</returns>
    public static long CountFramed(ReadOnlySpan<byte> body)
    {
        long rows = 0;
        try
        {
            var bytes = new ClickHouseBytes(body);
            while (!bytes.IsAtEnd)
            {
                bytes.Take(ChecksumLength);
                var method = bytes.Take(1)[0];
                var frame = bytes.UInt32() - FrameHeaderLength;
                var raw = bytes.UInt32();
                var content = new ClickHouseBytes(bytes.Take(frame));
                if (method != Uncompressed)
                    continue;
                if (raw != frame)
                    return -1;
                content.Varint();
                rows += content.Varint();
                if (!content.IsAtEnd)
                    return -1;
            }
        }
        catch (InvalidDataException)
        {
            return -1;
        }

        return rows > 0 ? rows : -1;
    }

    /// <summary>Bare, where there is no way around walking every value. JSON columns are not understood.</summary>
    /// <returns>The count; -1 when the blocks are not well-formed.</returns>
    public static long CountBare(ReadOnlySpan<byte> body)
    {
        long rows = 0;
        try
        {
            var bytes = new ClickHouseBytes(body);
            while (!bytes.IsAtEnd)
            {
                var columns = bytes.Varint();
                var blockRows = bytes.Varint();
                for (; columns > 0; columns--)
                {
                    bytes.Text();
                    var type = Types.GetOrAdd(Encoding.UTF8.GetString(bytes.Text()), ClickHouseType.Parse);
                    SkipPrefix(ref bytes, type);
                    Skip(ref bytes, type, blockRows);
                }

                rows += blockRows;
            }
        }
        catch (InvalidDataException)
        {
            return -1;
        }

        return rows;
    }

    /// <summary>What every LowCardinality inside of a column has before the column's data: a version.</summary>
    private static void SkipPrefix(ref ClickHouseBytes bytes, ClickHouseType type)
    {
        if (type.Name == "LowCardinality")
        {
            if (bytes.UInt64() != 1)
                throw new InvalidDataException("A dictionary has an unknown version.");
            return;
        }

        foreach (var argument in type.Arguments)
        {
            if (type.Width == 0)
                SkipPrefix(ref bytes, argument);
        }
    }

    private static void Skip(ref ClickHouseBytes bytes, ClickHouseType type, long rows)
    {
        if (rows == 0)
            return;
        if (type.Width > 0)
        {
            bytes.Take(rows * type.Width);
            return;
        }

        switch (type.Name)
        {
            case "String":
                bytes.SkipTexts(rows);
                break;
            case "LowCardinality":
                SkipDictionary(ref bytes, type.Arguments[0]);
                break;
            case "Array" or "Map":
                var offsets = bytes.Take(rows * 8);
                var elements = BinaryPrimitives.ReadInt64LittleEndian(offsets[^8..]);
                foreach (var argument in type.Arguments)
                    Skip(ref bytes, argument, elements);
                break;
            default:
                throw new InvalidDataException($"The type {type.Name} is not known here.");
        }
    }

    // The low byte of the flags says how wide the indexes are: 1, 2, 4 or 8 bytes.
    private static void SkipDictionary(ref ClickHouseBytes bytes, ClickHouseType keys)
    {
        var width = 1 << (int)(bytes.UInt64() & 0xFF);
        Skip(ref bytes, keys, bytes.UInt64());
        bytes.Take(bytes.UInt64() * width);
    }
}
