using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using Rotel.Processors.Attributes;

namespace Rotel.Agent.Migration.Output;

/// <summary>Writes values as C#.</summary>
internal sealed class CSharpLiteral(ISet<string> namespaces)
{
    public string Of(object? value) => value switch
    {
        null => "null",
        string text => Text(text),
        bool flag => flag ? "true" : "false",
        int number => Whole(number),
        long number => Whole(number) + (number is > int.MaxValue or < int.MinValue ? "L" : ""),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        TimeSpan time => Time(time),
        Uri uri => $"new Uri({Text(uri.OriginalString)})",
        Enum word => Word(word),
        KeyValuePair<string, string> pair => $"new({Text(pair.Key)}, {Text(pair.Value)})",
        AttributeValue attribute => Text(attribute.ToString()!),
        _ => throw new ArgumentException($"There is no C# for a {value.GetType()}.", nameof(value)),
    };

    public static string Text(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private string Word(Enum word)
    {
        var type = word.GetType();
        namespaces.Add(type.Namespace!);
        return string.Join(" | ", word.ToString().Split(", ").Select(member => $"{type.Name}.{member}"));
    }

    /// <summary>Sizes are read best as what they are a multiple of.</summary>
    private static string Whole(long number) =>
        number >= 1 << 20 && number <= int.MaxValue && number % (1 << 20) == 0
            ? $"{(number >> 20).ToString(CultureInfo.InvariantCulture)} * 1024 * 1024"
            : number.ToString(CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "TimeSpan.Zero",
        _ when time.Ticks % TimeSpan.TicksPerDay == 0 => $"TimeSpan.FromDays({time.Days})",
        _ when time.Ticks % TimeSpan.TicksPerHour == 0 => $"TimeSpan.FromHours({time.Ticks / TimeSpan.TicksPerHour})",
        _ when time.Ticks % TimeSpan.TicksPerMinute == 0 => $"TimeSpan.FromMinutes({time.Ticks / TimeSpan.TicksPerMinute})",
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => $"TimeSpan.FromSeconds({time.Ticks / TimeSpan.TicksPerSecond})",
        _ when time.Ticks % TimeSpan.TicksPerMillisecond == 0 => $"TimeSpan.FromMilliseconds({time.Ticks / TimeSpan.TicksPerMillisecond})",
        _ => $"TimeSpan.FromTicks({time.Ticks})",
    };
}
