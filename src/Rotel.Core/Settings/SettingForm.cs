using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <summary>How a kind of value is written as text.</summary>
/// <typeparam name="TValue">The type of the value.</typeparam>
internal abstract class SettingForm<TValue>
{
    /// <summary>Completes the sentence "expected …".</summary>
    public abstract string Description { get; }

    public virtual bool IsCollection => false;

    /// <summary>Reads trimmed text; <paramref name="problem"/> says what was expected, and never repeats the text (it may be a secret).</summary>
    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out TValue value, [NotNullWhen(false)] out string? problem);

    public abstract string Write(TValue value);
}
