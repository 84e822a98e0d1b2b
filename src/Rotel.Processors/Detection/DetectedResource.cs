using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Settings;

namespace Rotel.Processors.Detection;

/// <summary>What resource detection found.</summary>
/// <param name="Attributes">Each name once, in the order of the names.</param>
/// <param name="Findings">Of each detector, in the order asked for; closed.</param>
internal sealed record DetectedResource(IReadOnlyList<KeyValue> Attributes, IReadOnlyList<DetectorFindings> Findings)
{
    private static readonly SettingForm<ResourceDetector> DetectorNames = SettingForms.OneOf<ResourceDetector>();

    public static DetectedResource Empty { get; } = new([], []);

    /// <summary>The attributes that count where several detectors found the same: those of the first.</summary>
    public static DetectedResource From(IReadOnlyList<DetectorFindings> findings)
    {
        var attributes = new SortedDictionary<string, AnyValue>(StringComparer.Ordinal);
        foreach (var found in findings.SelectMany(each => each.Attributes))
            attributes.TryAdd(found.Key, found.Value);
        return new DetectedResource([.. attributes.Select(found => new KeyValue { Key = found.Key, Value = found.Value })], findings);
    }

    /// <summary>Writes a line per detector: names of attributes, never values.</summary>
    public void LogTo(ILogger logger)
    {
        foreach (var findings in Findings)
        {
            var detector = DetectorNames.Write(findings.Detector);
            if (findings.Attributes.Count > 0)
                logger.Detected(detector, string.Join(", ", findings.Attributes.Keys.Order(StringComparer.Ordinal)));
            if (findings.Problem is { } problem)
                logger.NotDetected(detector, problem);
            else if (findings.Attributes.Count == 0)
                logger.NothingToDetect(detector);
        }
    }
}
