namespace Rotel.Exporters.Datadog.Stats;

/// <summary>A group that counts no more.</summary>
/// <param name="Group">Its counts.</param>
/// <param name="Start">When its bucket starts, as it is sent: nanoseconds since 1970.</param>
internal readonly record struct ClosedGroup(GroupStatistics Group, ulong Start);
