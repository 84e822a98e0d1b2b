using System.Text;
using Google.Protobuf.Reflection;

namespace Rotel.TestKit.Telemetry;

/// <summary>
/// Writes a message in another legal encoding, drawn at random, the same for the same seed. Whoever reads protobuf as its specification
/// says sees the same message, once unknown fields are set aside. https://protobuf.dev/programming-guides/encoding/
/// </summary>
public sealed class WireReshaper
{
    // 1000 is reserved by OTLP; at 2048, as at 16, tags grow a byte; the last is the highest number there is.
    private static readonly int[] UnknownNumbers = [100, 1000, 2047, 2048, 18_999, 536_870_911];

    private readonly Random _random;
    private readonly WireReshaping _allowed;

    /// <summary>Makes a reshaper; print the seed when a test fails.</summary>
    public WireReshaper(int seed, WireReshaping allowed = WireReshaping.All)
    {
        _random = new Random(seed);
        _allowed = allowed;
    }

    /// <summary>Writes the message of a legal encoding in another one.</summary>
    public ReshapedMessage Reshape(ReadOnlySpan<byte> encoded, MessageDescriptor message)
    {
        var fields = Reshape(WireTree.Parse(encoded, message), message, WireReshaping.UnknownFieldsAtTop, out var unknownAdded);
        return new ReshapedMessage(WireTree.Encode(fields, Padding), unknownAdded);
    }

    private List<WireField> Reshape(List<WireField> fields, MessageDescriptor message, WireReshaping unknowns, out bool unknownAdded)
    {
        // Only order within a chain means something: the occurrences of one field, or of the fields of one oneof.
        var chains = new Dictionary<object, List<WireField>>();
        foreach (var field in fields)
        {
            var key = (object?)field.Descriptor?.RealContainingOneof ?? field.Number;
            if (!chains.TryGetValue(key, out var chain))
                chains.Add(key, chain = []);
            chain.AddRange(Rewrite(field));
        }

        if (May(WireReshaping.RepeatScalars, 8))
            AddZero(chains, message);
        unknownAdded = May(unknowns, 3);
        if (unknownAdded)
            AddUnknown(chains, message);
        return Interleave(chains.Values);
    }

    /// <summary>One field as one or more occurrences that mean the same.</summary>
    private List<WireField> Rewrite(WireField field)
    {
        if (field.Descriptor is not { } descriptor)
            return [field];
        if (descriptor.IsRepeated && descriptor.FieldType != FieldType.Message)
        {
            // IsPacked is no help here: it is true of strings as well.
            var packed = field.Type == WireTree.Length && ScalarType(descriptor) != WireTree.Length;
            return packed && May(WireReshaping.Repack, 2) ? Repack(field) : [field];
        }

        List<WireField> occurrences = [];
        if (!descriptor.IsRepeated && May(WireReshaping.RepeatScalars, 4) && Overridden(descriptor) is { } earlier)
            occurrences.Add(earlier);
        if (field.Children is null)
        {
            occurrences.Add(field);
            return occurrences;
        }

        var children = Reshape(field.Children, descriptor.MessageType, WireReshaping.UnknownFieldsBelow, out _);
        var cut = !descriptor.IsRepeated && May(WireReshaping.SplitMessages, 3) ? _random.Next(children.Count + 1) : -1;
        if (cut < 0)
        {
            occurrences.Add(Message(descriptor, children));
        }
        else
        {
            occurrences.Add(Message(descriptor, children[..cut]));
            occurrences.Add(Message(descriptor, children[cut..]));
        }

        return occurrences;
    }

    /// <summary>An occurrence that the real one, coming later, overrides; null where there can be none, for messages merge.</summary>
    private WireField? Overridden(FieldDescriptor descriptor)
    {
        if (descriptor.RealContainingOneof is { } oneof)
        {
            // A message of another member is cleared as well, but only a scalar is sure not to merge with the real one.
            var scalars = oneof.Fields.Where(f => f.FieldType != FieldType.Message).ToList();
            return scalars.Count == 0 ? null : Scalar(scalars[_random.Next(scalars.Count)], zero: false);
        }

        return descriptor.FieldType == FieldType.Message ? null : Scalar(descriptor, zero: false);
    }

    /// <summary>Writes out the zero of an absent field that does not tell absent from zero.</summary>
    private void AddZero(Dictionary<object, List<WireField>> chains, MessageDescriptor message)
    {
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            if (!field.IsRepeated && !field.HasPresence && !chains.ContainsKey(field.FieldNumber))
                chains.Add(field.FieldNumber, [Scalar(field, zero: true)]);
        }
    }

    private void AddUnknown(Dictionary<object, List<WireField>> chains, MessageDescriptor message)
    {
        var takes16 = message.FindFieldByNumber(16) is null && _random.Next(2) == 0;
        var number = takes16 ? 16 : UnknownNumbers[_random.Next(UnknownNumbers.Length)];
        chains.TryAdd(number, []);
        for (var count = _random.Next(1, 4); count > 0; count--)
            chains[number].Add(Unknown(number, depth: 0));
    }

    private WireField Unknown(int number, int depth)
    {
        var type = _random.Next(depth < 4 ? 5 : 4) switch
        {
            0 => WireTree.Varint,
            1 => WireTree.Fixed64,
            2 => WireTree.Length,
            3 => WireTree.Fixed32,
            _ => WireTree.StartGroup,
        };
        List<WireField>? children = null;
        var content = new byte[type == WireTree.Length ? _random.Next(30) : 0];
        _random.NextBytes(content);
        if (type == WireTree.StartGroup)
        {
            children = [];
            for (var count = _random.Next(4); count > 0; count--)
                children.Add(Unknown(_random.Next(1, 40), depth + 1));
        }

        return new WireField { Number = number, Type = type, Scalar = AnyScalar(), Content = content, Children = children };
    }

    private List<WireField> Repack(WireField field)
    {
        var values = new List<WireField>();
        var type = ScalarType(field.Descriptor!);
        for (var position = 0; position < field.Content.Length;)
        {
            var start = position;
            if (type == WireTree.Varint)
                WireTree.ReadVarint(field.Content, ref position);
            else
                position += type == WireTree.Fixed64 ? 8 : 4;
            var one = new WireField
            {
                Number = field.Number,
                Type = WireTree.Length,
                Descriptor = field.Descriptor,
                Content = field.Content[start..position],
            };
            if (_random.Next(2) == 0 || values.Count == 0 || values[^1].Type != WireTree.Length)
                values.Add(_random.Next(2) == 0 ? one : Unpacked(one, type));
            else
                values[^1].Content = [.. values[^1].Content, .. one.Content];
        }

        return values;
    }

    private static WireField Unpacked(WireField one, int type)
    {
        List<byte> occurrence = [];
        WireTree.WriteTag(occurrence, one.Number, type);
        occurrence.AddRange(one.Content);
        var parsed = WireTree.Parse(occurrence.ToArray(), message: null)[0];
        return new WireField { Number = one.Number, Type = type, Descriptor = one.Descriptor, Scalar = parsed.Scalar };
    }

    private WireField Scalar(FieldDescriptor descriptor, bool zero)
    {
        var type = ScalarType(descriptor);
        var text = zero || descriptor.FieldType is not (FieldType.String or FieldType.Bytes) ? string.Empty : $"früher {_random.Next(100)}";
        return new WireField
        {
            Number = descriptor.FieldNumber,
            Type = type,
            Descriptor = descriptor,
            Scalar = zero ? 0 : AnyScalar(),
            Content = Encoding.UTF8.GetBytes(text),
        };
    }

    private static int ScalarType(FieldDescriptor descriptor) => descriptor.FieldType switch
    {
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireTree.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireTree.Fixed32,
        FieldType.String or FieldType.Bytes or FieldType.Message => WireTree.Length,
        _ => WireTree.Varint,
    };

    private static WireField Message(FieldDescriptor descriptor, List<WireField> children) =>
        new() { Number = descriptor.FieldNumber, Type = WireTree.Length, Descriptor = descriptor, Children = children };

    /// <summary>All fields of all chains in one order in which each chain keeps its own.</summary>
    private List<WireField> Interleave(IEnumerable<List<WireField>> chains)
    {
        if (!_allowed.HasFlag(WireReshaping.ShuffleFields))
            return [.. chains.SelectMany(chain => chain)];

        // A chain is drawn as often as it has fields, which makes every such order equally likely.
        var draws = chains.SelectMany(chain => Enumerable.Repeat(chain, chain.Count)).ToArray();
        _random.Shuffle(draws);
        var next = new Dictionary<List<WireField>, int>(ReferenceEqualityComparer.Instance);
        var fields = new List<WireField>(draws.Length);
        foreach (var chain in draws)
        {
            var position = next.GetValueOrDefault(chain);
            fields.Add(chain[position]);
            next[chain] = position + 1;
        }

        return fields;
    }

    private bool May(WireReshaping what, int oneIn) => (_allowed & what) != 0 && _random.Next(oneIn) == 0;

    private int Padding(int legal) => legal > 0 && May(WireReshaping.PadVarints, 6) ? _random.Next(1, legal + 1) : 0;

    private ulong AnyScalar() => (ulong)_random.NextInt64() >> _random.Next(63);
}
