namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Whether a group's spans are the first of their traces, in the numbers that Datadog takes.</summary>
internal enum TraceRoot
{
    Unset = 0,
    True = 1,
    False = 2,
}
