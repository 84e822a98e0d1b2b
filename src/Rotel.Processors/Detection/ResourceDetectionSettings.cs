using Rotel.Settings;

namespace Rotel.Processors.Detection;

/// <summary>The rows and checks of resource detection, which is set once for all signals.</summary>
internal static class ResourceDetectionSettings
{
    public const string Detectors = "resource_detectors";
    public const string Timeout = "resource_detection_timeout";
    public const string Override = "resource_detection_override";

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(60);

    /// <param name="of">The options within those that the rows belong to.</param>
    public static IEnumerable<Setting> Rows<TOptions>(Func<TOptions, ResourceDetectionOptions> of)
        where TOptions : class
    {
        yield return new Setting<TOptions, IReadOnlyList<ResourceDetector>>(
            Detectors, ResourceDetectorsForm.Instance,
            "What is asked at the start for attributes of the place where the process runs, to set on every resource that passes.",
            options => of(options).Detectors is { Count: > 0 } detectors ? detectors.ToArray() : null,
            (options, value) =>
            {
                of(options).Detectors.Clear();
                foreach (var detector in value)
                    of(options).Detectors.Add(detector);
            })
        {
            WhenUnset = "none",
        };
        yield return new Setting<TOptions, TimeSpan>(
            Timeout, SettingForms.Duration, "How long all detectors together may take; what is not found by then is left out.",
            options => of(options).Timeout, (options, value) => of(options).Timeout = value);
        yield return new Setting<TOptions, bool>(
            Override, SettingForms.Boolean, "Whether a detected attribute replaces one that a resource already has.",
            options => of(options).Override, (options, value) => of(options).Override = value);
    }

    public static void Validate(ResourceDetectionOptions options, SettingErrors errors)
    {
        if (options.Detectors.Any(detector => !Enum.IsDefined(detector)))
            errors.Add(Detectors, $"expected {ResourceDetectorsForm.Instance.Description}");
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
            errors.Add(Timeout, "must be longer than nothing and at most 60s; write a duration such as 2s");
    }
}
