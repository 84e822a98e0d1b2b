using Rotel.Otlp.Readers;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A message that has attributes.</summary>
internal interface IAttributedItem : IConditionItem
{
    WireList<KeyValueReader> Attributes { get; }
}
