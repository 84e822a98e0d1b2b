namespace Rotel.EndToEnd;

/// <summary>Tests that look at the whole process, or starve it; nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWide
{
    public const string Name = "process-wide";
}
