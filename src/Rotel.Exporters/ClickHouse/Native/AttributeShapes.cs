using System.Runtime.CompilerServices;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Remembers in which order lists of attributes name their keys, as a tree: items come in few shapes, so that the next key is almost
/// always the one that followed here last time, which one comparison tells, and the sorted order of a shape is worked out once. Nodes are
/// bounded; a list that leaves the known shapes when there is no room has no shape.
/// </summary>
internal sealed class AttributeShapes(StringDictionary keys)
{
    /// <summary>The shape of an empty list.</summary>
    public const int Root = 0;

    /// <summary>A list that there was no room to remember.</summary>
    public const int None = -1;

    private const int MaxNodes = 4096;

    private readonly Dictionary<long, int> _children = [];
    private Node[] _nodes = new Node[64];
    private int _count = 1;

    /// <summary>The shape after one more key, and the key's index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int shape, ReadOnlySpan<byte> key, out int index)
    {
        if (shape != None && _nodes[shape].LastChild is var child and not 0)
        {
            index = _nodes[child].Key;
            if (keys[index].SequenceEqual(key))
                return child;
        }

        return NextSlowly(shape, key, out index);
    }

    /// <summary>Null when a list of this shape has its keys in order; else the place in the list of each key in order.</summary>
    public int[]? Order(int shape, ReadOnlySpan<int> indexes)
    {
        if (shape == None)
            return Sort(indexes);

        ref var node = ref _nodes[shape];
        if (!node.IsOrderKnown)
        {
            node.Order = Sort(indexes);
            node.IsOrderKnown = true;
        }

        return node.Order;
    }

    /// <summary>Forgets everything: the keys have new indexes from now on.</summary>
    public void Clear()
    {
        _nodes.AsSpan(0, _count).Clear();
        _children.Clear();
        _count = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int NextSlowly(int shape, ReadOnlySpan<byte> key, out int index)
    {
        index = keys.IndexOf(key);
        if (shape == None)
            return None;

        var edge = ((long)shape << 32) | (uint)index;
        if (!_children.TryGetValue(edge, out var child))
        {
            if (_count == MaxNodes)
                return None;
            child = _count++;
            if (child == _nodes.Length)
                Array.Resize(ref _nodes, 2 * child);
            _nodes[child].Key = index;
            _children.Add(edge, child);
        }

        _nodes[shape].LastChild = child;
        return child;
    }

    private int[]? Sort(ReadOnlySpan<int> indexes)
    {
        var isSorted = true;
        for (var i = 1; i < indexes.Length && isSorted; i++)
            isSorted = keys[indexes[i - 1]].SequenceCompareTo(keys[indexes[i]]) <= 0;
        if (isSorted)
            return null;

        // Stable: the values of a key that comes twice keep their order.
        var list = indexes.ToArray();
        var order = new int[list.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        order.AsSpan().Sort((left, right) =>
            list[left] == list[right] ? left.CompareTo(right) : keys[list[left]].SequenceCompareTo(keys[list[right]]));
        return order;
    }

    private struct Node
    {
        public int Key;
        public int LastChild;
        public int[]? Order;
        public bool IsOrderKnown;
    }
}
