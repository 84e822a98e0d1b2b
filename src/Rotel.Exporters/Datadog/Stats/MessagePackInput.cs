using System.Buffers.Binary;
using System.Diagnostics;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Reads what <see cref="MessagePackOutput"/> wrote, and nothing else: what is read is this process's own.</summary>
internal ref struct MessagePackInput(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public int ReadMapHeader() => Next() is var code && code < 0x90 ? code & 0x0F : (int)Big(sizeof(ushort));

    public int ReadArrayHeader() => Next() switch
    {
        0xDC => (int)Big(sizeof(ushort)),
        0xDD => (int)Big(sizeof(uint)),
        var code => code & 0x0F,
    };

    public ulong ReadNumber() => Next() switch
    {
        0xCC => Big(sizeof(byte)),
        0xCD => Big(sizeof(ushort)),
        0xCE => Big(sizeof(uint)),
        0xCF => Big(sizeof(ulong)),
        var code => code,
    };

    public ReadOnlySpan<byte> ReadText()
    {
        var length = Next() switch
        {
            0xD9 => (int)Big(sizeof(byte)),
            0xDA => (int)Big(sizeof(ushort)),
            0xDB => (int)Big(sizeof(uint)),
            var code => code & 0x1F,
        };
        Position += length;
        return _bytes[(Position - length)..Position];
    }

    /// <summary>Passes over one value with all that is in it.</summary>
    public void Skip()
    {
        switch (_bytes[Position])
        {
            case < 0x80 or (>= 0xCC and <= 0xCF):
                ReadNumber();
                break;
            case < 0x90 or 0xDE:
                Skip(2 * ReadMapHeader());
                break;
            case < 0xA0 or 0xDC or 0xDD:
                Skip(ReadArrayHeader());
                break;
            case < 0xC0 or (>= 0xD9 and <= 0xDB):
                ReadText();
                break;
            case 0xC2 or 0xC3:
                Position++;
                break;
            case var code and >= 0xC4 and <= 0xC6:
                Position++;
                var length = (int)Big(1 << (code - 0xC4));
                Position += length;
                break;
            default:
                throw new UnreachableException("No other values are written.");
        }
    }

    private void Skip(int count)
    {
        for (var i = 0; i < count; i++)
            Skip();
    }

    private byte Next() => _bytes[Position++];

    private ulong Big(int length)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        number.Clear();
        _bytes.Slice(Position, length).CopyTo(number[(sizeof(ulong) - length)..]);
        Position += length;
        return BinaryPrimitives.ReadUInt64BigEndian(number);
    }
}
