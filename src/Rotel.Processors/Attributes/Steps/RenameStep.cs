using System.Text;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Gives an attribute another key.</summary>
internal sealed class RenameStep(string key, string newKey) : AttributeStep
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly byte[] _newKey = Encoding.UTF8.GetBytes(newKey);

    public override IEnumerable<byte[]> Keys => [_key, _newKey];

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        var first = edit.Find(_key);
        if (first < 0)
            return;
        RemoveFrom(ref edit, 0, _newKey);
        RemoveFrom(ref edit, first + 1, _key);
        edit.Rename(first, _newKey);
    }
}
