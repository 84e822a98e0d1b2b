using System.Diagnostics.CodeAnalysis;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The permissions of a file in octal digits, as chmod takes them: <c>0660</c>.</summary>
internal sealed class FileModeForm : SettingForm<UnixFileMode>
{
    public const UnixFileMode Permissions = (UnixFileMode)0x1FF;

    public static FileModeForm Instance { get; } = new();

    public override string Description => "a file mode in octal digits such as 0660";

    public override bool TryRead(string text, out UnixFileMode value, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        value = default;
        foreach (var c in trimmed)
            value = (UnixFileMode)(((int)value << 3) | (c - '0'));
        var isRead = trimmed.Length is 3 or 4 && trimmed.All(c => c is >= '0' and <= '7') && value <= Permissions;
        problem = isRead ? null : $"expected {Description}";
        return isRead;
    }

    public override string Write(UnixFileMode value) =>
        "0" + Convert.ToString((int)value, toBase: 8).PadLeft(3, '0');
}
