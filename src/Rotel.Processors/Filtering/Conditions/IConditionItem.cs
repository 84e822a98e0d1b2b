using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A message that conditions look at, with the answers about the messages around it.</summary>
internal interface IConditionItem
{
    /// <summary>The working memory of the edit.</summary>
    EditScratch Scratch { get; }

    /// <summary>An answer of the <see cref="ConditionPlan"/> about the resource, the scope or the metric.</summary>
    bool IsKnown(int index);
}
