using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Typed;

namespace Rotel.Processors.Files;

/// <summary>An assembly as a project makes it, with a package beside it that this process does not have.</summary>
public sealed class ProcessorAssemblyTests : IAsyncDisposable
{
    /// <summary>Beside the folder of these tests, in the same configuration.</summary>
    private static readonly string Fixture = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        "..",
        "..",
        "Rotel.Processors.FileFixture",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)),
        "Rotel.Processors.FileFixture.dll"));

    private readonly ProcessorFiles _files = new(compiler: null);

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public void Assembly_WithAPackageOfItsOwn_ProcessesMessagesOfTheProcess()
    {
        var processor = Create<ITraceProcessor>(OtlpSignal.Traces, "DayOfSpan");
        var span = new Span { StartTimeUnixNano = 1_700_000_000_000_000_000 };

        processor.Process(
            new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } }, new ProcessorContext(OtlpSignal.Traces));

        Assert.Equal("Tuesday", Assert.Single(span.Attributes).Value.StringValue);
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name == "NodaTime");
    }

    [Fact]
    public async Task Class_OfTwoSignals_IsOneObject()
    {
        var spans = new ResourceSpans();
        var logs = new ResourceLogs();

        Create<ITraceProcessor>(OtlpSignal.Traces, "Account").Process(spans, new ProcessorContext(OtlpSignal.Traces));
        await Create<IAsyncLogProcessor>(OtlpSignal.Logs, "Account").ProcessAsync(logs, new ProcessorContext(OtlpSignal.Logs));

        Assert.Equal(1, Assert.Single(spans.Resource.Attributes).Value.IntValue);
        Assert.Equal(2, Assert.Single(logs.Resource.Attributes).Value.IntValue);
    }

    [Fact]
    public void Types_ThatCannotBeMade_AreNoProcessors()
    {
        var result = _files.Load(Fixture, OtlpSignal.Metrics);

        Assert.Equal([$"'{Fixture}' has no public class that implements IMetricProcessor, so it cannot process metrics"], result.Errors);
    }

    [Fact]
    public void Path_ThatIsRelative_IsFromTheWorkingDirectory() => Assert.Equal(
        ["Rotel.Processors.FileFixture.dll:Account", "Rotel.Processors.FileFixture.dll:DayOfSpan"],
        _files.Load(Path.GetRelativePath(Directory.GetCurrentDirectory(), Fixture), OtlpSignal.Traces).Steps.Select(step => step.Name));

    [Fact]
    public async Task Assembly_OnceDisposed_IsGoneFromMemoryWithWhatItNeeds()
    {
        var context = await UseAndDisposeAsync();

        for (var round = 0; context.IsAlive && round < 20; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAndDisposeAsync()
    {
        await using var files = new ProcessorFiles(compiler: null);
        return Use(files);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(ProcessorFiles files)
    {
        var processor = (ITraceProcessor)files.Load(Fixture, OtlpSignal.Traces).Steps[1].Create(services: null, out _)!;
        processor.Process(
            new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span() } } } }, new ProcessorContext(OtlpSignal.Traces));
        var context = AssemblyLoadContext.GetLoadContext(processor.GetType().Assembly)!;
        Assert.Equal(["NodaTime", "Rotel.Processors.FileFixture"], context.Assemblies.Select(assembly => assembly.GetName().Name).Order());
        return new WeakReference(context);
    }

    private T Create<T>(OtlpSignal signal, string name)
    {
        var result = _files.Load(Fixture, signal);
        Assert.Empty(result.Errors);
        var processor = result.Steps.Select(step => step.Create(services: null, out _)!).Single(created => created.GetType().Name == name);
        return Assert.IsAssignableFrom<T>(processor);
    }
}
