using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Rotel.Processors.Files;

namespace Rotel.Roslyn;

/// <summary>Compiles processors with Roslyn, against the assemblies of this process. Stateless; nothing of a compilation is kept.</summary>
internal sealed class SourceCompiler : IProcessorCompiler
{
    /// <summary>The messages of each kind that are handed on: the first ones explain the others.</summary>
    internal const int MaxMessages = 20;

    private const string OfAnotherVersion = "CS1701";
    private const string OfALaterVersion = "CS1702";

    private static readonly CSharpParseOptions Language = new(
        LanguageVersion.Latest, DocumentationMode.Parse, preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER", "ROTEL"]);

    /// <summary>
    /// As a project's Release build with nullable reference types. References between the assemblies of a process are often to other
    /// versions than it has; its loader has settled that. Parts are compiled one after the other: the pool's threads are the application's.
    /// </summary>
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release,
        concurrentBuild: false,
        deterministic: true,
        nullableContextOptions: NullableContextOptions.Enable,
        specificDiagnosticOptions:
        [
            new(OfAnotherVersion, ReportDiagnostic.Suppress),
            new(OfALaterVersion, ReportDiagnostic.Suppress),
        ]);

    public CompiledSource Compile(string path, string source)
    {
        using var references = HostReferences.Collect();
        var compilation = CSharpCompilation.Create(
            AssemblyName(path), [ImplicitUsings.Tree(Language), Parse(path, source)], references.All, Options);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = compilation.Emit(
            assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        var warnings = Messages(result.Diagnostics, DiagnosticSeverity.Warning);
        return result.Success
            ? new CompiledSource(assembly.ToArray(), symbols.ToArray(), [], warnings)
            : new CompiledSource(null, null, Messages(result.Diagnostics, DiagnosticSeverity.Error), warnings);
    }

    private static SyntaxTree Parse(string path, string source) =>
        CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), Language, path);

    /// <summary>The file's name behind a word of ours, so that no file takes the name of an assembly that trusts another.</summary>
    private static string AssemblyName(string path)
    {
        var name = new StringBuilder("processor.");
        foreach (var character in Path.GetFileNameWithoutExtension(path))
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '_');
        return name.ToString();
    }

    private static string[] Messages(IEnumerable<Diagnostic> diagnostics, DiagnosticSeverity severity)
    {
        string[] all =
        [
            .. diagnostics.Where(diagnostic => diagnostic.Severity == severity)
                .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .Select(diagnostic => CSharpDiagnosticFormatter.Instance.Format(diagnostic, CultureInfo.InvariantCulture)),
        ];
        return all.Length <= MaxMessages ? all : [.. all[..MaxMessages], $"and {all.Length - MaxMessages} more"];
    }
}
