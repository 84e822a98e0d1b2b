using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit.Fuzzing;

/// <summary>
/// Changes protobuf bodies where it counts: at the borders of fields, with the lengths around a change put right or left wrong. What it is
/// given need not be legal, nor is what it makes.
/// </summary>
public static class WireMutator
{
    private static readonly byte[][] NotUtf8 = [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80]];

    private static readonly ulong[] Numbers =
    [
        0, 1, 127, 128, 16_383, 16_384, int.MaxValue, (ulong)int.MaxValue + 1, uint.MaxValue, (ulong)uint.MaxValue + 1, long.MaxValue, ulong.MaxValue,
    ];

    // One more than the depth that is allowed, and about half and a quarter of it, for a value nests by two messages or three.
    private static readonly int[] Depths = [1, 2, 3, 30, 31, 32, 33, 46, 47, 48, 49, 94, 95, 96, 97, 98, 99, 100, 101, 400];

    /// <summary>Makes up to four changes.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> body, ReadOnlySpan<byte> other)
    {
        var nodes = WireNode.Parse(body);
        var spare = random.Next(3) == 0 ? WireNode.Parse(other) : nodes;
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
            Change(random, nodes, spare);
        var mutated = WireNode.Encode(nodes);
        if (random.Next(6) != 0)
            return mutated;
        var bytes = mutated.ToList();
        ByteMutator.Change(random, bytes, other);
        return [.. bytes];
    }

    /// <summary>The body without one of its fields, counted from the outside in; null where there are not so many.</summary>
    public static byte[]? Without(ReadOnlySpan<byte> body, int field)
    {
        var nodes = WireNode.Parse(body);
        return TryRemove(nodes, ref field) ? WireNode.Encode(nodes) : null;
    }

    private static bool TryRemove(List<WireNode> nodes, ref int field)
    {
        if (field < nodes.Count)
        {
            nodes.RemoveAt(field);
            return true;
        }

        field -= nodes.Count;
        foreach (var node in nodes)
        {
            if (node.Children is { } children && TryRemove(children, ref field))
                return true;
        }

        return false;
    }

    private static void Change(Random random, List<WireNode> nodes, List<WireNode> spare)
    {
        var siblings = Pick(random, nodes);
        if (siblings.Count == 0)
        {
            siblings.Add(Unknown(random));
            return;
        }

        var at = random.Next(siblings.Count);
        var node = siblings[at];
        switch (random.Next(20))
        {
            case 0:
                siblings.RemoveAt(at);
                break;
            case 1:
                siblings.Insert(random.Next(siblings.Count + 1), node.Clone());
                break;
            case 2:
                siblings.RemoveAt(at);
                siblings.Insert(random.Next(siblings.Count + 1), node);
                break;
            case 3:
                var donors = Pick(random, spare);
                if (donors.Count > 0)
                    siblings.Insert(at, donors[random.Next(donors.Count)].Clone());
                break;
            case 4:
                node.Tag = WireNode.Varint(((ulong)random.Next(1, 17) << 3) | (node.Tag is [var first, ..] ? first & 7u : 2u));
                break;
            case 5:
                node.Tag = WireNode.Varint(((ulong)Math.Max(node.Number, 1) << 3) | (uint)random.Next(8));
                break;
            case 6:
                node.Length = Length(random, node);
                break;
            case 7:
                node.Tag = WireNode.Varint(((ulong)node.Number << 3) | (node.Tag is [var type, ..] ? type & 7u : 2u), random.Next(1, 7));
                break;
            case 8 when !node.HasLength:
                node.Content = WireNode.Varint(Numbers[random.Next(Numbers.Length)], random.Next(3) == 0 ? random.Next(1, 10) : 0);
                break;
            case 9 or 10 when node.Children is null:
                node.Content = Text(random, node.Content);
                break;
            case 11:
                var number = random.Next(3) == 0 ? 1 : random.Next(1, 3000);
                siblings.Insert(at + 1, WireNode.Of(number, WireTree.EndGroup, []));
                siblings.Insert(at, WireNode.Of(number, WireTree.StartGroup, []));
                break;
            case 12:
                siblings.Insert(at, WireNode.Of(random.Next(1, 40), random.Next(2) == 0 ? WireTree.StartGroup : WireTree.EndGroup, []));
                break;
            case 13:
                Groups(random, siblings, at);
                break;
            case 14:
                Nest(random, node);
                break;
            case 15 when node.Children is { Count: > 0 } children:
                var cut = random.Next(children.Count + 1);
                siblings.Insert(at + 1, new WireNode { Tag = node.Tag, Children = children[cut..] });
                node.Children = children[..cut];
                node.Length = null;
                break;
            case 16:
                siblings.Insert(at, Unknown(random));
                break;
            case 17:
                siblings.Insert(at, new WireNode { Content = [(byte)random.Next(8), .. new byte[random.Next(10)]] });
                break;
            case 18:
                siblings.RemoveRange(at, siblings.Count - at);
                break;
            default:
                // As if the field were of another type.
                node.Content = node.Children is null ? node.Content : WireNode.Encode(node.Children);
                node.Children = node.Children is null ? WireNode.Parse(node.Content) : null;
                break;
        }
    }

    /// <summary>Fields that stand beside each other, anywhere; deep ones as likely as others.</summary>
    private static List<WireNode> Pick(Random random, List<WireNode> nodes)
    {
        while (nodes.Count > 0 && random.Next(5) != 0)
        {
            if (nodes[random.Next(nodes.Count)].Children is not { } inside)
                break;
            nodes = inside;
        }

        return nodes;
    }

    private static byte[] Length(Random random, WireNode node)
    {
        var right = (ulong)(node.Children is null ? node.Content : WireNode.Encode(node.Children)).Length;
        return random.Next(6) switch
        {
            0 => WireNode.Varint(right + 1),
            1 => WireNode.Varint(right == 0 ? 0 : right - 1),
            2 => WireNode.Varint(right, random.Next(1, 11 - WireTree.VarintLength(right))),
            3 => WireNode.Varint(right + ((ulong)1 << random.Next(28, 64))),
            4 => WireNode.Varint((ulong)random.Next((int)right + 1)),
            _ => WireNode.Varint(Numbers[random.Next(Numbers.Length)]),
        };
    }

    private static byte[] Text(Random random, byte[] content)
    {
        var bytes = content.ToList();
        switch (random.Next(4))
        {
            case 0:
                bytes.InsertRange(random.Next(bytes.Count + 1), NotUtf8[random.Next(NotUtf8.Length)]);
                break;
            case 1:
                bytes.AddRange(Enumerable.Repeat((byte)'x', random.Next(200)));
                break;
            case 2 when bytes.Count > 0:
                bytes.RemoveRange(random.Next(bytes.Count), 1);
                break;
            default:
                ByteMutator.Change(random, bytes, []);
                break;
        }

        return [.. bytes];
    }

    private static void Groups(Random random, List<WireNode> siblings, int at)
    {
        var depth = Depths[random.Next(Depths.Length)];
        var number = random.Next(1, 20);
        siblings.InsertRange(at, Enumerable.Repeat(0, depth).Select(_ => WireNode.Of(number, WireTree.EndGroup, [])));
        siblings.InsertRange(at, Enumerable.Repeat(0, depth).Select(_ => WireNode.Of(number, WireTree.StartGroup, [])));
    }

    /// <summary>Puts what a field holds deep into lists or maps within each other, or into messages of its own number.</summary>
    private static void Nest(Random random, WireNode node)
    {
        int[] numbers = random.Next(3) switch
        {
            0 => [1, 5],
            1 => [2, 1, 6],
            _ => [Math.Max(1, node.Number)],
        };
        var content = node.Children is null ? node.Content : WireNode.Encode(node.Children);
        for (var depth = Depths[random.Next(Depths.Length)]; depth > 0; depth--)
        {
            foreach (var number in numbers)
                content = WireNode.Encode([WireNode.Of(number, WireTree.Length, content)]);
        }

        node.Children = null;
        node.Content = content;
    }

    private static WireNode Unknown(Random random)
    {
        var type = random.Next(4) switch { 0 => WireTree.Varint, 1 => WireTree.Fixed64, 2 => WireTree.Fixed32, _ => WireTree.Length };
        var content = new byte[type switch { WireTree.Varint => 1, WireTree.Fixed64 => 8, WireTree.Fixed32 => 4, _ => random.Next(20) }];
        random.NextBytes(content);
        if (type == WireTree.Varint)
            content[0] &= 0x7F;
        return WireNode.Of(random.Next(2) == 0 ? random.Next(1, 17) : random.Next(17, 536_870_912), type, content);
    }
}
