using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Otlp.Fields;
using Rotel.Processors.Editing;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Detection;

/// <summary>Puts detected attributes on every resource of a body that does not have them, or on all.</summary>
internal sealed class DetectedResourceEditor : BodyEditor, IKeyInterest
{
    private readonly byte[][] _keys;

    // Each an AnyValue message.
    private readonly byte[][] _values;

    // A resource with all of them, as a whole field of ResourceX.
    private readonly byte[] _resource;
    private readonly bool _overrides;

    /// <param name="attributes">Each name once.</param>
    /// <param name="overrides">Whether they replace those of the same name.</param>
    public DetectedResourceEditor(IReadOnlyList<KeyValue> attributes, bool overrides)
    {
        _keys = [.. attributes.Select(attribute => ByteString.CopyFromUtf8(attribute.Key).ToByteArray())];
        _values = [.. attributes.Select(attribute => attribute.Value.ToByteArray())];
        using var stream = new MemoryStream();
        stream.WriteByte((1 << 3) | (int)WireFormat.WireType.LengthDelimited);
        new ResourceMessage { Attributes = { attributes } }.WriteDelimitedTo(stream);
        _resource = stream.ToArray();
        _overrides = overrides;
    }

    public override EditLevels Levels => EditLevels.Resource;

    public override void EditResource(ref BodyWalk walk)
    {
        var resource = walk.Resource;
        if (!resource.IsThere)
        {
            walk.Rewrite.Insert(walk.ResourceInsertAt, _resource);
            return;
        }

        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(resource.Start, resource.End, ResourceFields.Resource.Attributes, this))
        {
            walk.AskForNormalForm();
            return;
        }

        for (var i = 0; i < _keys.Length; i++)
        {
            var index = edit.Find(_keys[i]);
            if (index < 0)
                edit.Add(_keys[i], _values[i]);
            else if (_overrides)
                Override(ref edit, index, i);
        }

        if (!edit.IsChanged)
            return;
        walk.Rewrite.Enter(resource.Tag, resource.FieldStart, resource.Start, resource.End);
        edit.WriteTo(ref walk.Rewrite);
        walk.Rewrite.Exit();
    }

    bool IKeyInterest.Concerns(ReadOnlySpan<byte> key, EditScratch scratch)
    {
        foreach (var one in _keys)
        {
            if (key.SequenceEqual(one))
                return true;
        }

        return false;
    }

    /// <summary>The first of its name gets the value; others of that name, which no resource should have, go.</summary>
    private void Override(ref AttributeEdit edit, int index, int attribute)
    {
        if (!edit.Value(index).SequenceEqual(_values[attribute]))
            edit.SetValue(index, _values[attribute]);
        for (var other = index + 1; other < edit.Count; other++)
        {
            if (!edit.IsRemoved(other) && edit.Key(other).SequenceEqual(_keys[attribute]))
                edit.Remove(other);
        }
    }
}
