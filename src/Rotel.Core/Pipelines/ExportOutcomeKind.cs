namespace Rotel.Pipelines;

/// <summary>The four things an attempt can come to.</summary>
internal enum ExportOutcomeKind
{
    Delivered,
    Retry,
    TooLarge,
    Rejected,
}
