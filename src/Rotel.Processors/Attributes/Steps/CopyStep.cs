using System.Text;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Insert, update or upsert of the value of another attribute.</summary>
internal sealed class CopyStep(AttributeActionKind kind, string key, string source) : AttributeStep
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);

    public override IEnumerable<byte[]> Keys => [_key, _source];

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        var from = edit.Find(_source);
        if (from < 0)
            return;
        var first = edit.Find(_key);
        if (first < 0)
        {
            if (kind != AttributeActionKind.Update)
                edit.AddCopy(_key, from);
            return;
        }

        if (kind == AttributeActionKind.Insert)
            return;
        edit.CopyValue(first, from);
        RemoveFrom(ref edit, first + 1, _key);
    }
}
