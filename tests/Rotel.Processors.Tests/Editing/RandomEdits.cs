using System.Text;

namespace Rotel.Processors.Editing;

/// <summary>
/// What to edit, drawn at random but by what a message holds only, so that the wire editor and the reference come to the same without
/// knowing of each other.
/// </summary>
internal sealed class RandomEdits(int seed, bool adds = false)
{
    public enum Edit
    {
        Keep,
        Remove,
        SetText,
        SetOwnValue,
        Rename,
        RenameTwice,
        CopyFirst,
    }

    /// <summary>What to do to an attribute.</summary>
    public Edit Of(string level, ReadOnlySpan<byte> key) => adds ? Edit.Keep : (Edit)(Hash(level, key) % 12) is var edit && Enum.IsDefined(edit)
        ? edit
        : Edit.Keep;

    /// <summary>Whether to append to the attributes of a message.</summary>
    public bool AddsTo(string level, int count) => adds || Hash(level, [(byte)count]) % 3 == 0;

    /// <summary>Whether to append to, or make, a resource.</summary>
    public bool LeavesOut(string level, int count, ReadOnlySpan<byte> name) => !adds && Hash(level + count, name) % 4 == 0;

    private uint Hash(string level, ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u ^ (uint)seed;
        foreach (var b in Encoding.UTF8.GetBytes(level))
            hash = (hash ^ b) * 16777619;
        foreach (var b in bytes)
            hash = (hash ^ b) * 16777619;
        return (hash ^ (hash >> 15)) * 0x85EBCA6B >> 8;
    }
}
