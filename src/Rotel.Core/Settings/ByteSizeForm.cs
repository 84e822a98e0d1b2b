using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.ByteSize"/>
internal sealed class ByteSizeForm(long min, long max) : SettingForm<long>
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    // The binary units, largest first, are also those that sizes are written in.
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1), ("", 1),
    ];

    public override string Description => "a size such as 4MiB, 512KB or plain bytes";

    public override bool TryRead(string text, out long value, [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        problem = $"expected {Description}";
        var trimmed = text.AsSpan().Trim();
        var numberLength = trimmed.IndexOfAnyExcept(NumberCharacters);
        numberLength = numberLength < 0 ? trimmed.Length : numberLength;
        if (!decimal.TryParse(trimmed[..numberLength], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !TryFindUnit(trimmed[numberLength..].TrimStart(), out var unit))
        {
            return false;
        }

        if (number > long.MaxValue / unit || number * unit < min || number * unit > max)
        {
            problem = max == long.MaxValue
                ? $"expected {Description}, {Write(min)} at least"
                : $"expected {Description}, from {Write(min)} to {Write(max)}";
            return false;
        }

        value = (long)(number * unit);
        problem = null;
        return true;
    }

    public override string Write(long value)
    {
        foreach (var (name, bytes) in Units.AsSpan(0, 3))
        {
            var count = (decimal)value / bytes;
            if (value >= bytes && decimal.Round(count, 1) == count)
                return string.Create(CultureInfo.InvariantCulture, $"{count:0.#}{name}");
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryFindUnit(ReadOnlySpan<char> name, out long bytes)
    {
        foreach (var unit in Units)
        {
            if (name.Equals(unit.Name, StringComparison.OrdinalIgnoreCase))
            {
                bytes = unit.Bytes;
                return true;
            }
        }

        bytes = 0;
        return false;
    }
}
