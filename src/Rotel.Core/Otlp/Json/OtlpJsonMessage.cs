namespace Rotel.Otlp.Json;

/// <summary>One message of the protocol as OTLP/JSON knows it: its fields by key.</summary>
internal sealed class OtlpJsonMessage
{
    private OtlpJsonField[] _fields = [];

    /// <param name="index">The place of the message among all, from 0 to below <see cref="OtlpJsonSchema.MessageCount"/>.</param>
    /// <param name="lengthWidth">How many bytes the length of such a message usually takes on the wire.</param>
    public OtlpJsonMessage(int index, byte lengthWidth)
    {
        Index = index;
        LengthWidth = lengthWidth;
    }

    public int Index { get; }

    public byte LengthWidth { get; }

    /// <summary>
    /// The fields in the order of the .proto file, in which most senders write them. Set once: messages can hold themselves.
    /// </summary>
    public ReadOnlySpan<OtlpJsonField> Fields => _fields;

    /// <summary>
    /// Finds a field by its key, or null. <paramref name="next"/> is where to look first, and becomes the place after the field: senders
    /// write keys in the same order over and over.
    /// </summary>
    public OtlpJsonField? Find(ReadOnlySpan<byte> key, ref int next)
    {
        var fields = _fields;
        var at = next;
        for (var tried = 0; tried < fields.Length; tried++)
        {
            if (at >= fields.Length)
                at = 0;
            var field = fields[at++];
            if (!key.SequenceEqual(field.KeyUtf8))
                continue;
            next = at;
            return field;
        }

        return null;
    }

    public void Define(params OtlpJsonField[] fields) => _fields = fields;
}
