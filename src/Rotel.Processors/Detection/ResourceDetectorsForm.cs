using System.Diagnostics.CodeAnalysis;
using Rotel.Settings;

namespace Rotel.Processors.Detection;

/// <summary>A list of resource detectors in the order of their precedence; <c>none</c> is the empty one.</summary>
internal sealed class ResourceDetectorsForm : SettingForm<IReadOnlyList<ResourceDetector>>
{
    private static readonly SettingForm<ResourceDetector> One = SettingForms.OneOf<ResourceDetector>();

    private ResourceDetectorsForm()
    {
    }

    public static ResourceDetectorsForm Instance { get; } = new();

    public override string Description => field ??= $"a list of {string.Join(", ", Enum.GetValues<ResourceDetector>().Select(One.Write))}";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out IReadOnlyList<ResourceDetector> value, [NotNullWhen(false)] out string? problem)
    {
        var detectors = new List<ResourceDetector>();
        value = detectors;
        problem = null;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Equals("none", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!One.TryRead(item, out var detector, out _))
            {
                problem = $"expected {Description}";
                return false;
            }

            if (!detectors.Contains(detector))
                detectors.Add(detector);
        }

        return true;
    }

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<ResourceDetector> value,
        [NotNullWhen(false)] out string? problem) => TryRead(string.Join(',', items.Select(item => item.Value)), out value, out problem);

    public override string Write(IReadOnlyList<ResourceDetector> value) =>
        value.Count == 0 ? "none" : string.Join(',', value.Select(One.Write));
}
