namespace Rotel.Processors.Filtering.Conditions;

/// <summary>What tests cost beside each other; only the order counts.</summary>
internal static class ConditionCost
{
    /// <summary>Answered before, for the resource, the scope or the metric.</summary>
    public const int Known = 0;

    public const int Field = 1;

    /// <summary>A search through a list.</summary>
    public const int List = 2;

    /// <summary>A regular expression.</summary>
    public const int Pattern = 10;
}
