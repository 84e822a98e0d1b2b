namespace Rotel.Processors.Files;

/// <summary>What became of a source file.</summary>
/// <param name="Assembly">The assembly; null where there are errors.</param>
/// <param name="Symbols">Which instruction is of which line, for stack traces; portable PDB.</param>
/// <param name="Errors">The compiler's messages, each with file, line and column.</param>
/// <param name="Warnings">As <paramref name="Errors"/>; they do not hinder.</param>
internal sealed record CompiledSource(
    byte[]? Assembly, byte[]? Symbols, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
