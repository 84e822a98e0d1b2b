using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Duration"/>
internal sealed class DurationForm : SettingForm<TimeSpan>
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> UnitEnds = SearchValues.Create("0123456789. \t");

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
    ];

    public override string Description => "a duration such as 5s";

    public override bool TryRead(string text, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        value = default;
        var ticks = 0m;
        var rest = text.AsSpan().Trim();
        var parts = 0;
        while (rest.Length > 0)
        {
            var numberLength = rest.IndexOfAnyExcept(NumberCharacters);
            if (numberLength < 0)
            {
                var isBareNumber = parts == 0
                    && decimal.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
                return Fail(isBareNumber ? BareNumber : Expected, out problem);
            }

            var unitLength = rest[numberLength..].IndexOfAny(UnitEnds);
            unitLength = unitLength < 0 ? rest.Length - numberLength : unitLength;
            if (!decimal.TryParse(rest[..numberLength], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || !TryFindUnit(rest.Slice(numberLength, unitLength), out var unit))
            {
                return Fail(Expected, out problem);
            }

            if (number > TimeSpan.MaxValue.Ticks / unit)
                return Fail(TooLong, out problem);

            ticks += number * unit;
            rest = rest[(numberLength + unitLength)..].TrimStart();
            parts++;
        }

        if (parts == 0)
            return Fail(Expected, out problem);
        if (ticks > TimeSpan.MaxValue.Ticks)
            return Fail(TooLong, out problem);

        value = new TimeSpan((long)ticks);
        problem = null;
        return true;
    }

    public override string Write(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
            return "0s";

        var text = new StringBuilder(value < TimeSpan.Zero ? "-" : "");
        var rest = (decimal)value.Ticks;
        rest = Math.Abs(rest);
        foreach (var (name, ticks) in Units)
        {
            // Microseconds come last and take what is left, as a fraction where it must be; a day is written in hours.
            if (name == "d")
                continue;
            var count = name == "us" ? rest / ticks : Math.Floor(rest / ticks);
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count:0.#}{name}");
            rest -= count * ticks;
        }

        return text.ToString();
    }

    private string Expected => $"expected {Description}: numbers with the units ms, s, m or h";

    private string BareNumber => $"expected {Description}, found a bare number; add its unit: ms, s, m or h";

    private string TooLong => $"expected {Description}, found one that is too long";

    private static bool Fail(string message, out string problem)
    {
        problem = message;
        return false;
    }

    private static bool TryFindUnit(ReadOnlySpan<char> name, out long ticks)
    {
        foreach (var unit in Units)
        {
            if (name.SequenceEqual(unit.Name))
            {
                ticks = unit.Ticks;
                return true;
            }
        }

        ticks = 0;
        return false;
    }
}
