using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit.Fuzzing;

/// <summary>
/// A field of a body that may be broken anywhere: its bytes as they stand there, nested where what it holds looks like fields. Written back
/// it is the same body, byte for byte, until something is changed. The tags of groups are fields without a value.
/// </summary>
internal sealed class WireNode
{
    private const int MaxDepth = 120;

    /// <summary>The tag; empty for a rest that is no field.</summary>
    public byte[] Tag { get; set; } = [];

    /// <summary>The length as it stands there; null for the right one.</summary>
    public byte[]? Length { get; set; }

    /// <summary>What stands behind the tag, or the length; not where there are children.</summary>
    public byte[] Content { get; set; } = [];

    public List<WireNode>? Children { get; set; }

    public bool HasLength => Tag.Length > 0 && (Tag[0] & 7) == WireTree.Length;

    public int Number
    {
        get
        {
            var position = 0;
            return Tag.Length == 0 ? 0 : (int)(WireTree.ReadVarint(Tag, ref position) >> 3);
        }
    }

    public static List<WireNode> Parse(ReadOnlySpan<byte> body, int depth = 0)
    {
        var nodes = new List<WireNode>();
        while (!body.IsEmpty)
        {
            var node = ParseOne(body, depth, out var taken) ?? new WireNode { Content = body.ToArray() };
            nodes.Add(node);
            body = body[(node.Tag.Length == 0 ? body.Length : taken)..];
        }

        return nodes;
    }

    public static byte[] Encode(List<WireNode> nodes)
    {
        var output = new List<byte>();
        foreach (var node in nodes)
            node.Encode(output);
        return [.. output];
    }

    /// <summary>A field with a new tag.</summary>
    public static WireNode Of(int number, int type, byte[] content) => new() { Tag = Varint(((ulong)number << 3) | (uint)type), Content = content };

    public static byte[] Varint(ulong value, int padding = 0)
    {
        var bytes = new List<byte>();
        WireTree.WriteVarint(bytes, value, padding);
        return [.. bytes];
    }

    public WireNode Clone() => new() { Tag = Tag, Length = Length, Content = Content, Children = Children?.ConvertAll(child => child.Clone()) };

    private static WireNode? ParseOne(ReadOnlySpan<byte> body, int depth, out int taken)
    {
        taken = 0;
        var tag = VarintLength(body);
        if (tag is 0 or > 5 || body[0] < 8)
            return null;
        var rest = body[tag..];
        var node = new WireNode { Tag = body[..tag].ToArray() };
        var size = (body[0] & 7) switch
        {
            WireTree.Varint => VarintLength(rest),
            WireTree.Fixed64 => 8,
            WireTree.Fixed32 => 4,
            WireTree.StartGroup or WireTree.EndGroup => 0,
            WireTree.Length => VarintLength(rest),
            _ => -1,
        };
        if (size < 0 || size > rest.Length || (size == 0 && (body[0] & 7) is WireTree.Varint or WireTree.Length))
            return null;
        taken = tag + size;
        if (!node.HasLength)
        {
            node.Content = rest[..size].ToArray();
            return node;
        }

        var position = 0;
        var length = WireTree.ReadVarint(rest, ref position);
        if (length > (ulong)(rest.Length - size))
            return null;
        var content = rest.Slice(size, (int)length);
        taken += content.Length;
        if (size != WireTree.VarintLength(length))
            node.Length = rest[..size].ToArray();
        if (depth < MaxDepth && LooksNested(content))
            node.Children = Parse(content, depth + 1);
        else
            node.Content = content.ToArray();
        return node;
    }

    private static bool LooksNested(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return false;
        while (!content.IsEmpty)
        {
            // Only the frames of the fields: what is in them is looked at in its turn.
            if (ParseOne(content, MaxDepth, out var taken) is null)
                return false;
            content = content[taken..];
        }

        return true;
    }

    /// <summary>0 where there is no whole varint.</summary>
    private static int VarintLength(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            if (bytes[i] < 0x80)
                return i + 1;
        }

        return 0;
    }

    private void Encode(List<byte> output)
    {
        output.AddRange(Tag);
        if (!HasLength)
        {
            output.AddRange(Content);
            return;
        }

        var content = Children is null ? Content : Encode(Children);
        output.AddRange(Length ?? Varint((ulong)content.Length));
        output.AddRange(content);
    }
}
