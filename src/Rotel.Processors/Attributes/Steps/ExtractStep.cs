using System.Text;
using System.Text.RegularExpressions;
using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>
/// Makes attributes of what the named groups of a pattern find in a text. Only a text that matches costs memory: the platform gives groups
/// of strings only.
/// </summary>
internal sealed class ExtractStep : AttributeStep
{
    private readonly byte[] _key;
    private readonly Regex _pattern;
    private readonly (string Group, byte[] Key)[] _groups;

    public ExtractStep(string key, Regex pattern)
    {
        _key = Encoding.UTF8.GetBytes(key);
        _pattern = pattern;
        _groups = [.. GroupsOf(pattern).Select(name => (name, Encoding.UTF8.GetBytes(name)))];
    }

    /// <summary>The names of the groups that have one.</summary>
    public static IEnumerable<string> GroupsOf(Regex pattern) => pattern.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]));

    public override IEnumerable<byte[]> Keys => [_key, .. _groups.Select(group => group.Key)];

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        var index = edit.Find(_key);
        if (index < 0)
            return;
        var value = AnyValueReader.Read(edit.Value(index));
        if (value.Kind != AnyValueKind.String || UserPattern.FirstMatch(_pattern, value.Bytes, scratch) is not { } match)
            return;

        foreach (var (name, key) in _groups)
        {
            if (match.Groups[name] is not { Success: true } group)
                continue;
            scratch.Text.Clear();
            Encoding.UTF8.GetBytes(group.ValueSpan, scratch.Text.Append(Encoding.UTF8.GetByteCount(group.ValueSpan)));
            var there = edit.Find(key);
            if (there < 0)
                edit.AddString(key, scratch.Text.Span);
            else
                edit.SetString(there, scratch.Text.Span);
            if (there >= 0)
                RemoveFrom(ref edit, there + 1, key);
        }
    }
}
