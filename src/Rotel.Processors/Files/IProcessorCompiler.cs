namespace Rotel.Processors.Files;

/// <summary>Makes assemblies of processors that are source files. A package of its own implements it, for a compiler is large.</summary>
internal interface IProcessorCompiler
{
    /// <summary>Compiles one file. What the source does wrong is in the result; nothing is thrown for it.</summary>
    /// <param name="path">The file's full path: it stands in messages and stack traces.</param>
    /// <param name="source">Its text.</param>
    CompiledSource Compile(string path, string source);
}
