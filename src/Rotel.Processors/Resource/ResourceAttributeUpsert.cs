using System.Text;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Resource;

/// <summary>
/// Sets string attributes on every resource of a body, in wire form: an attribute of the same key is overwritten where it stands first, and
/// removed where it stands again; others are appended; a missing resource is made. Everything else stays byte for byte, except that the
/// lengths of changed messages are written in as few bytes as they need. A canonical body stays canonical. Immutable, so safe for concurrent use.
/// </summary>
/// <remarks>The body must have passed the validator. Request, ResourceX and Resource have the same field numbers in all signals.</remarks>
internal sealed class ResourceAttributeUpsert
{
    private const int MaxStackFlags = 128;

    private readonly byte[][] _keys;

    // Each as a whole field of Resource: tag, length, KeyValue.
    private readonly byte[][] _attributes;
    private readonly int _attributesLength;

    /// <summary>Encodes the attributes, in the order in which new ones are appended. Of a key given twice the last value counts.</summary>
    public ResourceAttributeUpsert(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        var ordered = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in attributes)
            ordered[key] = value;
        _keys = [.. ordered.Keys.Select(Encoding.UTF8.GetBytes)];
        _attributes = [.. ordered.Select(attribute => Encode(attribute.Key, attribute.Value))];
        _attributesLength = _attributes.Sum(attribute => attribute.Length);
    }

    /// <summary>Whether there is nothing to set, so that every body stays as it is.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>The exact length of the body with the attributes set.</summary>
    public int Measure(ReadOnlySpan<byte> body)
    {
        var output = new WireOutput();
        Request(body, ref output);
        return output.Length;
    }

    /// <summary>Writes the body with the attributes set and returns its length, <see cref="Measure"/> of the same body.</summary>
    public int Write(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var output = new WireOutput(destination);
        Request(body, ref output);
        return output.Length;
    }

    private void Request(ReadOnlySpan<byte> request, ref WireOutput output)
    {
        var reader = new WireReader(request);
        var start = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!IsFirstField(field, type))
            {
                reader.Skip(field, type);
                output.Write(request[start..reader.Position]);
            }
            else
            {
                output.Write(request[start..reader.Position]);
                var envelope = reader.ReadBytes();
                var length = new WireOutput();
                ResourceEnvelope(envelope, ref length);
                output.WriteVarint(length.Length);
                if (output.IsMeasuring)
                    output.Skip(length.Length);
                else
                    ResourceEnvelope(envelope, ref output);
            }

            start = reader.Position;
        }
    }

    private void ResourceEnvelope(ReadOnlySpan<byte> envelope, ref WireOutput output)
    {
        var last = LastResource(envelope);
        if (last < 0)
        {
            AppendNewResource(ref output);
            output.Write(envelope);
            return;
        }

        // A resource in several pieces is merged by whoever parses it: one set of keys for all of them.
        Span<bool> found = _keys.Length <= MaxStackFlags ? stackalloc bool[MaxStackFlags] : new bool[_keys.Length];
        Span<bool> foundWhenMeasured = _keys.Length <= MaxStackFlags ? stackalloc bool[MaxStackFlags] : new bool[_keys.Length];
        var reader = new WireReader(envelope);
        var start = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!IsFirstField(field, type))
            {
                reader.Skip(field, type);
                output.Write(envelope[start..reader.Position]);
            }
            else
            {
                output.Write(envelope[start..reader.Position]);
                var resource = reader.ReadBytes();
                var length = new WireOutput();
                found.CopyTo(foundWhenMeasured);
                ResourcePiece(resource, start == last, foundWhenMeasured, ref length);
                output.WriteVarint(length.Length);
                ResourcePiece(resource, start == last, found, ref output);
            }

            start = reader.Position;
        }
    }

    private void ResourcePiece(ReadOnlySpan<byte> resource, bool isLast, scoped Span<bool> found, ref WireOutput output)
    {
        var reader = new WireReader(resource);
        var start = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            var index = -1;
            if (IsFirstField(field, type))
                index = IndexOfKey(reader.ReadBytes());
            else
                reader.Skip(field, type);

            if (index < 0)
                output.Write(resource[start..reader.Position]);
            else if (!found[index])
                output.Write(_attributes[index]);
            if (index >= 0)
                found[index] = true;
            start = reader.Position;
        }

        for (var i = 0; isLast && i < _attributes.Length; i++)
        {
            if (!found[i])
                output.Write(_attributes[i]);
        }
    }

    private void AppendNewResource(ref WireOutput output)
    {
        output.Write([(byte)WireFormat.Tag(1, WireType.LengthDelimited)]);
        output.WriteVarint(_attributesLength);
        foreach (var attribute in _attributes)
            output.Write(attribute);
    }

    /// <summary>Where the last Resource field of a ResourceX begins, or -1.</summary>
    private static int LastResource(ReadOnlySpan<byte> envelope)
    {
        var last = -1;
        var reader = new WireReader(envelope);
        var start = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            reader.Skip(field, type);
            if (IsFirstField(field, type))
                last = start;
            start = reader.Position;
        }

        return last;
    }

    private int IndexOfKey(ReadOnlySpan<byte> pair)
    {
        // The last key counts, and none is the empty key.
        ReadOnlySpan<byte> key = default;
        var reader = new WireReader(pair);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (IsFirstField(field, type))
                key = reader.ReadBytes();
            else
                reader.Skip(field, type);
        }

        for (var i = 0; i < _keys.Length; i++)
        {
            if (key.SequenceEqual(_keys[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Request.resource_x, ResourceX.resource, Resource.attributes and KeyValue.key are all field 1.</summary>
    private static bool IsFirstField(int field, WireType type) => field == 1 && type == WireType.LengthDelimited;

    private static byte[] Encode(string key, string value)
    {
        var anyValue = Field(1, Encoding.UTF8.GetBytes(value));
        return Field(1, [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, anyValue)]);
    }

    private static byte[] Field(int number, byte[] content)
    {
        var length = new byte[WireFormat.VarintLength((uint)content.Length)];
        WireFormat.WriteVarint(length, (uint)content.Length);
        return [(byte)WireFormat.Tag(number, WireType.LengthDelimited), .. length, .. content];
    }

    /// <summary>Counts what is written, and writes it unless it only measures.</summary>
    private ref struct WireOutput
    {
        private readonly Span<byte> _destination;

        public WireOutput() => IsMeasuring = true;

        public WireOutput(Span<byte> destination) => _destination = destination;

        public bool IsMeasuring { get; }

        public int Length { get; private set; }

        public void Write(scoped ReadOnlySpan<byte> bytes)
        {
            if (!IsMeasuring)
                bytes.CopyTo(_destination[Length..]);
            Length += bytes.Length;
        }

        public void WriteVarint(int value)
        {
            Length += IsMeasuring ? WireFormat.VarintLength((uint)value) : WireFormat.WriteVarint(_destination[Length..], (uint)value);
        }

        public void Skip(int length) => Length += length;
    }
}
