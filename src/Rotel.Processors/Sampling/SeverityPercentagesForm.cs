using System.Diagnostics.CodeAnalysis;
using Rotel.Processors.Filtering;
using Rotel.Settings;

namespace Rotel.Processors.Sampling;

/// <summary>Percentages of severities: <c>info=10,error=100</c>, or the children of a configuration section.</summary>
internal sealed class SeverityPercentagesForm : SettingForm<IReadOnlyList<KeyValuePair<LogSeverity, double>>>
{
    private static readonly SettingForm<LogSeverity> Severity = SettingForms.OneOf<LogSeverity>();
    private static readonly SettingForm<double> Percentage = SettingForms.Number(0, 100);

    private SeverityPercentagesForm()
    {
    }

    public static SeverityPercentagesForm Instance { get; } = new();

    public override string Description => "severity=percentage pairs, separated by commas, such as info=10,error=100";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text,
        [MaybeNullWhen(false)] out IReadOnlyList<KeyValuePair<LogSeverity, double>> value,
        [NotNullWhen(false)] out string? problem)
    {
        value = null;
        return SettingForms.Pairs.TryRead(text, out var pairs, out problem) && TryReadItems(pairs, out value, out problem);
    }

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<KeyValuePair<LogSeverity, double>> value,
        [NotNullWhen(false)] out string? problem)
    {
        value = null;
        var read = new List<KeyValuePair<LogSeverity, double>>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (!Severity.TryRead(items[i].Key, out var severity, out problem))
            {
                problem = $"{problem} before the '=' of item {i + 1}";
                return false;
            }

            if (!Percentage.TryRead(items[i].Value, out var percentage, out problem))
            {
                problem = $"{problem}, after the '=' of item {i + 1}";
                return false;
            }

            read.Add(new(severity, percentage));
        }

        value = read;
        problem = null;
        return true;
    }

    public override string Write(IReadOnlyList<KeyValuePair<LogSeverity, double>> value) =>
        string.Join(',', value.Select(pair => $"{Severity.Write(pair.Key)}={Percentage.Write(pair.Value)}"));
}
