namespace Rotel.Processors.Filtering;

/// <summary>A condition, and plain code that says the same of Google.Protobuf objects.</summary>
internal sealed record Drawn<TCondition, TItem>(TCondition Condition, Func<TItem, bool> Plain);
