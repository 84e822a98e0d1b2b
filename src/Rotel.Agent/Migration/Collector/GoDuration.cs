using System.Globalization;

namespace Rotel.Agent.Migration.Collector;

/// <summary>Durations as Go's time package writes them: <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>; a bare number is nanoseconds.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            duration = TimeSpan.FromTicks(nanoseconds / 100);
            return true;
        }

        var seconds = 0.0;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
                end++;
            if (!double.TryParse(text.AsSpan(at, end - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            var stop = end;
            while (stop < text.Length && !char.IsAsciiDigit(text[stop]) && text[stop] != '.')
                stop++;
            if (Units.FirstOrDefault(unit => unit.Unit == text[end..stop]) is not { Unit: not null } unit)
                return false;
            seconds += number * unit.Seconds;
            at = stop;
        }

        if (text.Length == 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
