using System.Text;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Insert, update or upsert of a value. One that is there already is not written again.</summary>
internal sealed class SetStep(AttributeActionKind kind, string key, AttributeValue value) : AttributeStep
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly byte[] _value = value.Encoded;

    public override IEnumerable<byte[]> Keys => [_key];

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        var first = edit.Find(_key);
        if (first < 0)
        {
            if (kind != AttributeActionKind.Update)
                edit.Add(_key, _value);
            return;
        }

        if (kind == AttributeActionKind.Insert)
            return;
        if (!edit.HasValue(first) || !edit.Value(first).SequenceEqual(_value))
            edit.SetValue(first, _value);
        RemoveFrom(ref edit, first + 1, _key);
    }
}
