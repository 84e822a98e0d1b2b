using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Files;
using Rotel.Processors.Typed;
using Rotel.TestKit;

namespace Rotel.Roslyn;

/// <summary>Files of every kind and with every fault, made by the compiler. What a project makes: the tests of Rotel.Processors.</summary>
public sealed class ProcessorFilesTests : IAsyncDisposable
{
    private const string Several = """
        using OpenTelemetry.Proto.Logs.V1;
        using OpenTelemetry.Proto.Trace.V1;
        using Rotel.Processors.Typed;

        public class Zebra : ITraceProcessor, ILogProcessor
        {
            public void Process(ResourceSpans resourceSpans, ProcessorContext context) => resourceSpans.SchemaUrl += "z";
            public void Process(ResourceLogs resourceLogs, ProcessorContext context) => resourceLogs.SchemaUrl += "z";
        }

        public class Ape : ITraceProcessor
        {
            public void Process(ResourceSpans resourceSpans, ProcessorContext context) => resourceSpans.SchemaUrl += "a";
        }

        public class Mule : IMetricProcessor
        {
            public void Process(OpenTelemetry.Proto.Metrics.V1.ResourceMetrics resourceMetrics, ProcessorContext context) { }
        }
        """;

    private const string Nothing = "class A : ITraceProcessor { public void Process(ResourceSpans spans, ProcessorContext context) { } }";

    private readonly ProcessorFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public void Source_WithSeveralClasses_RunsThemInItsOrder()
    {
        var result = _folder.Files.Load(_folder.Write("zoo.cs", Several), OtlpSignal.Traces);

        Assert.Equal(["zoo.cs:Zebra", "zoo.cs:Ape"], result.Steps.Select(step => step.Name));
    }

    [Fact]
    public void Assembly_WithSeveralClasses_RunsThemByName()
    {
        var result = _folder.Files.Load(_folder.WriteAssembly("zoo", Several), OtlpSignal.Traces);

        Assert.Equal(["zoo.dll:Ape", "zoo.dll:Zebra"], result.Steps.Select(step => step.Name));
    }

    [Fact]
    public void File_NamedForTwoSignals_IsLoadedOnceAndHasOneObject()
    {
        var path = _folder.Write("zoo.cs", Several);

        var traces = _folder.Files.Load(path, OtlpSignal.Traces).Steps[0].Create(null, out _);
        var logs = Assert.Single(_folder.Files.Load(Path.Combine(path, "..", "zoo.cs"), OtlpSignal.Logs).Steps).Create(null, out _);

        Assert.NotNull(traces);
        Assert.Same(traces, logs);
    }

    [Fact]
    public void File_WithOneClass_IsCalledByItsName() => Assert.Equal(
        "redact.cs",
        Assert.Single(_folder.Files.Load(_folder.Write("redact.cs", Nothing), OtlpSignal.Traces).Steps).Name);

    [Theory]
    [InlineData("absent.cs", "cannot read '{0}': Could not find file '{0}'")]
    [InlineData("absent.dll", "cannot read '{0}': there is no such file")]
    [InlineData("redact.py", "'{0}' is neither a C# file (.cs) nor an assembly (.dll)")]
    public void File_ThatIsNotThere_IsAnError(string name, string error)
    {
        var path = _folder.Write("here", "")[..^"here".Length] + name;

        Assert.Equal([string.Format(null, error, path)], _folder.Errors(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an assembly")]
    [InlineData("MZ and no more")]
    public void Assembly_ThatIsNone_IsAnError(string content)
    {
        var path = _folder.Write("native.dll", content);

        Assert.Equal([$"'{path}' is not an assembly of .NET that this process can load"], _folder.Errors(path));
    }

    [Fact]
    public void Folder_InPlaceOfAFile_IsAnError()
    {
        var path = _folder.Write("folder.cs", "")[..^3];
        Directory.CreateDirectory($"{path}.dll");

        Assert.Equal([$"cannot read '{path}.dll': there is no such file"], _folder.Errors($"{path}.dll"));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a\0.cs")]
    public void Path_ThatIsNone_IsAnError(string path) => Assert.Equal([$"'{path}' is not the path of a file"], _folder.Errors(path));

    [Fact]
    public async Task Source_WithoutACompiler_NamesThePackage()
    {
        await using var files = new ProcessorFiles(compiler: null);
        var path = _folder.Write("zoo.cs", Several);

        Assert.Equal(
            [$"'{path}' needs the package Rotel.Roslyn and a call of rotel.AddRoslyn() in the application"],
            files.Load(path, OtlpSignal.Traces).Errors);
    }

    [Fact]
    public void File_WithoutAProcessorOfTheSignal_IsAnError()
    {
        const string OfMetrics = """
            using OpenTelemetry.Proto.Metrics.V1;
            using Rotel.Processors.Typed;

            public class Mule : IMetricProcessor
            {
                public void Process(ResourceMetrics resourceMetrics, ProcessorContext context) { }
            }
            """;
        var source = _folder.Write("mule.cs", OfMetrics);
        var assembly = _folder.WriteAssembly("mules", OfMetrics);

        Assert.Equal([$"'{source}' has no class that implements ITraceProcessor, so it cannot process traces"], _folder.Errors(source));
        Assert.Equal(
            [$"'{assembly}' has no public class that implements ITraceProcessor, so it cannot process traces"], _folder.Errors(assembly));
    }

    /// <summary>Rotel's own assembly is loaded a second time; its interfaces stay those of the process.</summary>
    [Fact]
    public void Assembly_OfRotelItself_HoldsNoProcessor() => Assert.Contains(
        "has no public class that implements ITraceProcessor",
        Assert.Single(_folder.Errors(typeof(ITraceProcessor).Assembly.Location)),
        StringComparison.Ordinal);

    [Fact]
    public void Assembly_ThatMissesAnother_SaysWhichAndWhatToDo()
    {
        var library = _folder.WriteAssembly("Library", "public class Common;");
        using var references = HostReferences.Collect();
        var compilation = CSharpCompilation.Create(
            "lonely",
            [CSharpSyntaxTree.ParseText("public class Lonely : Common;", cancellationToken: TestContext.Current.CancellationToken)],
            [.. references.All, MetadataReference.CreateFromFile(library)],
            new(OutputKind.DynamicallyLinkedLibrary));
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(library)!, "alone")).FullName, "lonely.dll");
        Assert.True(compilation.Emit(path, cancellationToken: TestContext.Current.CancellationToken).Success);

        var error = Assert.Single(_folder.Errors(path));

        Assert.StartsWith($"'{path}' cannot be loaded: Could not load file or assembly 'processor.Lib", error, StringComparison.Ordinal);
        Assert.EndsWith("Publish it, so that all it needs lies beside it", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public P() => throw new System.IO.IOException(\"No disk.\");", "IOException: No disk.")]
    [InlineData("private P() { }", "InvalidOperationException: A suitable constructor for type")]
    [InlineData("public P(System.Uri uri) => uri.ToString();", "InvalidOperationException: Unable to resolve service for type")]
    [InlineData("static P() => throw new System.IO.IOException(\"No disk.\");", "IOException: No disk.")]
    public void Class_ThatCannotBeMade_IsAnErrorThatNamesIt(string constructor, string expected)
    {
        var path = _folder.Write("p.cs", $$"""
            namespace A;

            class P : ITraceProcessor
            {
                {{constructor}}

                public void Process(ResourceSpans resourceSpans, ProcessorContext context) { }
            }
            """);

        Assert.Null(Assert.Single(_folder.Files.Load(path, OtlpSignal.Traces).Steps).Create(services: null, out var problem));

        Assert.StartsWith($"'{path}': A.P cannot be created: {expected}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ItsParameters_ComeFromTheServices()
    {
        using var services = new ServiceCollection().AddSingleton(new Version(4, 2)).BuildServiceProvider();
        var path = _folder.Write("version.cs", """
            class OfVersion(Version version) : ITraceProcessor
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context) => resourceSpans.SchemaUrl = version.ToString();
            }
            """);

        var processor = Assert.Single(_folder.Files.Load(path, OtlpSignal.Traces).Steps).Create(services, out _);

        Assert.Equal("4.2", ProcessorFolder.Run((ITraceProcessor)processor!).SchemaUrl);
    }

    [Theory]
    [InlineData("zoo.cs")]
    [InlineData("zoo.dll")]
    public async Task Files_OnceDisposed_AreGoneFromMemory(string name)
    {
        var path = Path.GetExtension(name) == ".cs" ? _folder.Write(name, Several) : _folder.WriteAssembly("zoo", Several);

        var context = await UseAndDisposeAsync(path);

        for (var round = 0; context.IsAlive && round < 20; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [Theory]
    [InlineData("throw new IOException(\"No.\")", "System.IO.IOException: No.")]
    [InlineData("new ManualResetEvent(false).WaitOne()", "System.TimeoutException")]
    public async Task Objects_OfDisposedFiles_AreDisposedThoughOneFailsOrHangs(string fault, string logged)
    {
        var bad = _folder.Write("bad.cs", $$"""
            class Bad : ITraceProcessor, IDisposable
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context) { }
                public void Dispose() => {{fault}};
            }
            """);
        var good = _folder.Write("good.cs", """
            class Good(StringWriter output) : ITraceProcessor, IAsyncDisposable
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context) { }
                public ValueTask DisposeAsync() { output.Write("disposed"); return default; }
            }
            """);
        using var log = new LogRecorder();
        await using var output = new StringWriter();
        await using var services = new ServiceCollection().AddSingleton(output).BuildServiceProvider();
        var files = new ProcessorFiles(new SourceCompiler())
        {
            Logger = log.CreateLogger("Rotel.Processors"),
            DisposeLimit = TimeSpan.FromSeconds(1),
        };
        foreach (var path in (string[])[bad, good])
            Assert.NotNull(Assert.Single(files.Load(path, OtlpSignal.Traces).Steps).Create(services, out _));

        await Watchdog.WaitAsync(files.DisposeAsync().AsTask(), "the files disposed", TestContext.Current.CancellationToken);

        Assert.Equal("disposed", output.ToString());
        var line = Assert.Single(log.Lines);
        Assert.Equal((3070, $"The processors of '{bad}' could not be disposed, so it stays in memory."), (line.EventId, line.Message));
        Assert.StartsWith(logged, line.Exception, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAndDisposeAsync(string path)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var files = new ProcessorFiles(new SourceCompiler());
        return Use(files, path, services);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(ProcessorFiles files, string path, IServiceProvider services)
    {
        var processor = (ITraceProcessor)files.Load(path, OtlpSignal.Traces).Steps[0].Create(services, out _)!;
        Assert.NotEmpty(ProcessorFolder.Run(processor).SchemaUrl);
        var context = AssemblyLoadContext.GetLoadContext(processor.GetType().Assembly)!;
        Assert.True(context.IsCollectible);
        Assert.Same(typeof(ResourceSpans), processor.GetType().GetMethods()[0].GetParameters()[0].ParameterType);
        return new WeakReference(context);
    }
}
