using Google.Protobuf.Reflection;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.TestKit.Telemetry;

/// <summary>
/// Puts one fault into a legal encoding, at a place drawn at random at any level; everything else, the lengths of the messages around it
/// included, stays right. The same for the same seed.
/// </summary>
public sealed class WireBreaker
{
    private const int UnknownField = 2047;

    private static readonly byte[][] NotUtf8 =
    [
        [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xF0, 0x9F, 0xA6],
    ];

    private readonly Random _random;

    /// <summary>Makes a breaker; print the seed when a test fails.</summary>
    public WireBreaker(int seed) => _random = new Random(seed);

    /// <summary>How deep the depth bombs go; far deeper than any limit.</summary>
    public int BombDepth { get; init; } = 10_000;

    /// <summary>Breaks a message in the way named.</summary>
    /// <exception cref="ArgumentException">The message has no place for the fault: no field, no nested message, no string.</exception>
    public BrokenMessage Break(ReadOnlySpan<byte> encoded, MessageDescriptor message, WireFault fault)
    {
        var root = new WireField
        {
            Number = 1,
            Type = WireTree.Length,
            Children = WireTree.Parse(encoded, message),
        };
        var nodes = new List<(WireField Node, MessageDescriptor? Message)>();
        Collect(root, message, nodes);
        switch (fault)
        {
            case WireFault.Truncated:
                Require(root.Children.Count > 0, fault);
                return new BrokenMessage(fault, message.Name, Cut(root.Children));

            case WireFault.LengthTooShort:
                var whole = Pick(nodes.Where(n => n.Node != root && n.Message is not null && n.Node.Children!.Count > 0), fault);
                whole.Node.Content = Cut(whole.Node.Children!);
                whole.Node.Children = null;
                return Broken(fault, whole.Message!);

            case WireFault.InvalidUtf8:
                var text = Pick(nodes.Where(n => n.Node.Descriptor is { FieldType: FieldType.String }), fault);
                text.Node.Content = [.. text.Node.Content, .. NotUtf8[_random.Next(NotUtf8.Length)]];
                return Broken(fault, text.Node.Descriptor!.ContainingType);

            case WireFault.ValueDepthBomb:
                var bomb = Bomb(message) ?? throw new ArgumentException("No path leads to a value.", nameof(message));
                root.Children.Insert(_random.Next(root.Children.Count + 1), bomb);
                return Broken(fault, AnyValue.Descriptor);

            default:
                var place = Pick(nodes.Where(n => n.Message is not null), fault);
                place.Node.Content = Inserted(place.Node.Children!, Fault(fault));
                if (place.Node == root)
                    return new BrokenMessage(fault, message.Name, root.Content);
                place.Node.Children = null;
                return Broken(fault, place.Message!);
        }

        BrokenMessage Broken(WireFault kind, MessageDescriptor where) => new(kind, where.Name, WireTree.Encode(root.Children!));
    }

    private static void Collect(WireField field, MessageDescriptor? message, List<(WireField Node, MessageDescriptor? Message)> nodes)
    {
        nodes.Add((field, message));
        foreach (var child in field.Children ?? [])
            Collect(child, child.Type == WireTree.Length ? child.Message : null, nodes);
    }

    /// <summary>The bytes of a fault that stands between two fields.</summary>
    private byte[] Fault(WireFault fault)
    {
        List<byte> bytes = [];
        switch (fault)
        {
            case WireFault.FieldZero:
                bytes.AddRange([(byte)_random.Next(3), 0, 0, 0, 0, 0, 0, 0, 0]);
                break;
            case WireFault.WireTypeSix:
            case WireFault.WireTypeSeven:
                WireTree.WriteTag(bytes, _random.Next(1, UnknownField), fault == WireFault.WireTypeSix ? 6 : 7);
                break;
            case WireFault.OverlongVarint:
                WireTree.WriteTag(bytes, UnknownField, WireTree.Varint);
                WireTree.WriteVarint(bytes, 1, padding: 10);
                break;
            case WireFault.LengthTooLong:
                WireTree.WriteTag(bytes, UnknownField, WireTree.Length);
                WireTree.WriteVarint(bytes, (ulong)(int.MaxValue >> _random.Next(4)));
                break;
            case WireFault.LengthNegative:
                WireTree.WriteTag(bytes, UnknownField, WireTree.Length);
                WireTree.WriteVarint(bytes, uint.MaxValue - (uint)_random.Next(int.MaxValue));
                break;
            case WireFault.UnendedGroup:
                WireTree.WriteTag(bytes, UnknownField, WireTree.StartGroup);
                break;
            case WireFault.UnstartedGroup:
                WireTree.WriteTag(bytes, UnknownField, WireTree.EndGroup);
                break;
            case WireFault.MismatchedGroup:
                WireTree.WriteTag(bytes, UnknownField, WireTree.StartGroup);
                WireTree.WriteTag(bytes, UnknownField + 1, WireTree.EndGroup);
                break;
            case WireFault.GroupDepthBomb:
                foreach (var type in (ReadOnlySpan<int>)[WireTree.StartGroup, WireTree.EndGroup])
                {
                    for (var depth = 0; depth < BombDepth; depth++)
                        WireTree.WriteTag(bytes, UnknownField, type);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault.");
        }

        return [.. bytes];
    }

    private byte[] Inserted(List<WireField> fields, byte[] fault)
    {
        var before = _random.Next(fields.Count + 1);
        return [.. WireTree.Encode(fields[..before]), .. fault, .. WireTree.Encode(fields[before..])];
    }

    /// <summary>The fields up to one of them, which is cut after its first byte at the least and before its last.</summary>
    private byte[] Cut(List<WireField> fields)
    {
        var last = _random.Next(fields.Count);
        var whole = WireTree.Encode(fields[last..(last + 1)]);
        return [.. WireTree.Encode(fields[..last]), .. whole.AsSpan(0, _random.Next(1, whole.Length))];
    }

    /// <summary>The shortest way from the message to a value, with the bomb in that value.</summary>
    private WireField? Bomb(MessageDescriptor message)
    {
        var ways = new Queue<List<FieldDescriptor>>(Ways(message, []));
        while (ways.TryDequeue(out var way))
        {
            if (way[^1].MessageType == AnyValue.Descriptor)
                return Nested(way);
            if (way.Count < 10)
            {
                foreach (var longer in Ways(way[^1].MessageType, way))
                    ways.Enqueue(longer);
            }
        }

        return null;

        static IEnumerable<List<FieldDescriptor>> Ways(MessageDescriptor start, List<FieldDescriptor> way) =>
            from field in start.Fields.InFieldNumberOrder()
            where field.FieldType == FieldType.Message
            select new List<FieldDescriptor>([.. way, field]);
    }

    private WireField Nested(List<FieldDescriptor> way)
    {
        var content = NestedValue(BombDepth);
        for (var level = way.Count - 1; ; level--)
        {
            var field = new WireField { Number = way[level].FieldNumber, Type = WireTree.Length, Content = content };
            if (level == 0)
                return field;
            content = WireTree.Encode([field]);
        }
    }

    /// <summary>
    /// An encoded AnyValue of arrays or maps within each other. Built from the inside, in reverse, for a length stands before its
    /// content.
    /// </summary>
    private byte[] NestedValue(int depth)
    {
        var reversed = new List<byte>();
        var prefix = new List<byte>();
        for (var level = 0; level < depth; level++)
        {
            // AnyValue.kvlist_value (6) > KeyValueList.values (1) > KeyValue.value (2),
            // or AnyValue.array_value (5) > ArrayValue.values (1).
            ReadOnlySpan<int> numbers = _random.Next(2) == 0 ? [2, 1, 6] : [1, 5];
            foreach (var number in numbers)
            {
                prefix.Clear();
                WireTree.WriteTag(prefix, number, WireTree.Length);
                WireTree.WriteVarint(prefix, (ulong)reversed.Count);
                prefix.Reverse();
                reversed.AddRange(prefix);
            }
        }

        reversed.Reverse();
        return [.. reversed];
    }

    private (WireField Node, MessageDescriptor? Message) Pick(
        IEnumerable<(WireField Node, MessageDescriptor? Message)> candidates, WireFault fault)
    {
        var all = candidates.ToList();
        Require(all.Count > 0, fault);
        return all[_random.Next(all.Count)];
    }

    private static void Require(bool possible, WireFault fault)
    {
        if (!possible)
            throw new ArgumentException($"The message has no place for {fault}.");
    }
}
