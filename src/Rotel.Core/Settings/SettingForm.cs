using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <summary>How a kind of value is written as text.</summary>
/// <typeparam name="TValue">The type of the value.</typeparam>
internal abstract class SettingForm<TValue>
{
    /// <summary>Completes the sentence "expected …".</summary>
    public abstract string Description { get; }

    public virtual bool IsCollection => false;

    /// <summary>Whether the text can also be kept in a file of its own when it is a secret; false where another setting names the file.</summary>
    public virtual bool CanStandInFile => true;

    /// <summary>Reads text; <paramref name="problem"/> says what was expected, and never repeats the text (it may be a secret).</summary>
    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out TValue value, [NotNullWhen(false)] out string? problem);

    /// <summary>
    /// Reads the children of a configuration section: a list's items with their indexes, or pairs. Only for collections.
    /// </summary>
    public virtual bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out TValue value,
        [NotNullWhen(false)] out string? problem)
    {
        value = default;
        problem = $"expected {Description}, found a section";
        return false;
    }

    /// <summary>The text that would be read as <paramref name="value"/>.</summary>
    public abstract string Write(TValue value);

    /// <summary>The value for people to read, without what may be secret in any value of this form.</summary>
    public virtual string Display(TValue value) => Write(value);

    /// <summary>What may be shown of a secret.</summary>
    public virtual string Mask(TValue value) => "***";
}
