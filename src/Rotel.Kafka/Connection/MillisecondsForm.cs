using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Rotel.Settings;

namespace Rotel.Kafka.Connection;

/// <summary>Whole milliseconds without a unit, as the names of Kafka's settings that end in <c>_ms</c> say.</summary>
internal sealed class MillisecondsForm : SettingForm<TimeSpan>
{
    private readonly SettingForm<int> _number = SettingForms.Integer();

    private MillisecondsForm()
    {
    }

    public static MillisecondsForm Instance { get; } = new();

    public override string Description => "a whole number of milliseconds";

    public override bool TryRead(string text, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        var isNumber = _number.TryRead(text, out var milliseconds, out _);
        value = TimeSpan.FromMilliseconds(milliseconds);
        problem = isNumber ? null : $"expected {Description}, without a unit";
        return isNumber;
    }

    public override string Write(TimeSpan value) => value.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Adds an error for a time that is not whole milliseconds in a range.</summary>
    public static void Validate(TimeSpan value, int min, int max, string setting, SettingErrors errors)
    {
        var isWhole = value.Ticks % TimeSpan.TicksPerMillisecond == 0;
        if (!isWhole || value < TimeSpan.FromMilliseconds(min) || value > TimeSpan.FromMilliseconds(max))
            errors.Add(setting, string.Create(CultureInfo.InvariantCulture, $"expected whole milliseconds from {min} to {max}"));
    }
}
