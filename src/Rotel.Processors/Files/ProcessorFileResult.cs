namespace Rotel.Processors.Files;

/// <summary>What a file holds for a signal.</summary>
/// <param name="Steps">Its processors, in the order in which they run; at least one where there are no errors.</param>
/// <param name="Errors">Sentences without a full stop, each naming the file: what is wrong and what would be right.</param>
internal sealed record ProcessorFileResult(IReadOnlyList<ProcessorFileStep> Steps, IReadOnlyList<string> Errors)
{
    public static ProcessorFileResult Failed(string error) => new([], [error]);
}
