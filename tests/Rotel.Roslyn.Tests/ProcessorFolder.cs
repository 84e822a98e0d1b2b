using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Files;
using Rotel.Processors.Typed;

namespace Rotel.Roslyn;

/// <summary>A folder of a test's own with processor files in it, and what loads them.</summary>
internal sealed class ProcessorFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rotel-processors-").FullName;

    public ProcessorFiles Files { get; } = new(new SourceCompiler());

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string source)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, source);
        return path;
    }

    /// <summary>Writes an assembly that the compiler makes of a source.</summary>
    public string WriteAssembly(string name, string source)
    {
        var compiled = new SourceCompiler().Compile(Path.Combine(_folder, $"{name}.cs"), source);
        Assert.Empty(compiled.Errors);
        var path = Path.Combine(_folder, $"{name}.dll");
        File.WriteAllBytes(path, compiled.Assembly!);
        return path;
    }

    /// <summary>The only processor of traces in a file that is right.</summary>
    public ITraceProcessor Traces(string path)
    {
        var result = Files.Load(path, OtlpSignal.Traces);
        Assert.Empty(result.Errors);
        var processor = Assert.Single(result.Steps).Create(services: null, out var problem);
        Assert.Null(problem);
        return Assert.IsAssignableFrom<ITraceProcessor>(processor);
    }

    /// <summary>The errors of a file that is wrong.</summary>
    public IReadOnlyList<string> Errors(string path)
    {
        var result = Files.Load(path, OtlpSignal.Traces);
        Assert.Empty(result.Steps);
        return result.Errors;
    }

    public static ResourceSpans Run(ITraceProcessor processor)
    {
        var spans = new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span { Name = "GET /" } } } } };
        processor.Process(spans, new ProcessorContext(OtlpSignal.Traces));
        return spans;
    }

    public async ValueTask DisposeAsync()
    {
        await Files.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
