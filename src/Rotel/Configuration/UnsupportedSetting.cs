namespace Rotel.Configuration;

/// <summary>Why a known setting cannot be used.</summary>
/// <param name="Problem">A sentence without subject and full stop.</param>
/// <param name="IsHarmless">Ignoring it, with a warning, does not change what happens to telemetry.</param>
internal sealed record UnsupportedSetting(string Problem, bool IsHarmless);
