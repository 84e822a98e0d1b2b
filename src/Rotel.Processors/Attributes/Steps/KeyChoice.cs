using System.Text;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Which attributes an action concerns: those of one key, or those whose keys match a pattern. Safe for concurrent use.</summary>
internal sealed class KeyChoice
{
    private readonly byte[] _key;
    private readonly VerdictCache<bool>? _matches;

    private KeyChoice(byte[] key, VerdictCache<bool>? matches)
    {
        _key = key;
        _matches = matches;
    }

    public static KeyChoice Of(AttributeAction action)
    {
        if (action.Pattern is null)
            return new KeyChoice(Encoding.UTF8.GetBytes(action.Key!), matches: null);
        var pattern = UserPattern.Compile(action.Pattern);

        // These actions hide things: a key that takes the pattern too long is hidden, too.
        return new KeyChoice([], new VerdictCache<bool>((key, allowance, out isDecided) =>
        {
            var isMatch = UserPattern.IsMatch(pattern, key, allowance);
            isDecided = isMatch is not null;
            return isMatch ?? true;
        }));
    }

    public bool IsPattern => _matches is not null;

    /// <summary>The key, where it is not a pattern.</summary>
    public IEnumerable<byte[]> Keys => IsPattern ? [] : [_key];

    /// <summary>Whether the pattern is found in a key.</summary>
    public bool Matches(ReadOnlySpan<byte> key, EditScratch scratch) => _matches!.Get(key, scratch);

    /// <summary>The next attribute from an index on that is not removed, or -1.</summary>
    public int Find(in AttributeEdit edit, int from, EditScratch scratch)
    {
        if (_matches is null)
            return edit.Find(_key, from);
        for (var i = from; i < edit.Count; i++)
        {
            if (!edit.IsRemoved(i) && Matches(edit.Key(i), scratch))
                return i;
        }

        return -1;
    }
}
