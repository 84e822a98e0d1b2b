using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Otlp;
using Rotel.Processors.Typed;
using Rotel.Settings;

namespace Rotel.Processors.Files;

/// <summary>
/// The processors that settings name by a path: assemblies (<c>.dll</c>) and C# source (<c>.cs</c>). Each file is loaded once, for whatever
/// signals it is named, and let go when this is disposed. Not for use by several threads.
/// </summary>
/// <param name="compiler">Of source files; null where no package brings one.</param>
/// <remarks>
/// Trimming cannot know what a file uses, and removes it perhaps: then the file's code fails where it needs that, as any processor may. A
/// program without a runtime compiler (Native AOT) can load nothing, which is an error here.
/// </remarks>
internal sealed class ProcessorFiles(IProcessorCompiler? compiler) : IAsyncDisposable
{
    private const string AssemblyExtension = ".dll";
    private const string SourceExtension = ".cs";

    /// <summary>No source that somebody wrote is longer.</summary>
    private const int MaxSourceBytes = 4 * 1024 * 1024;

    /// <summary>The lines that an assembly's missing dependencies may take in a message.</summary>
    private const int MaxCauses = 3;

    private static readonly Type[] Contracts = [.. OtlpSignals.Mergeable.ToArray().Select(Contract)];

    private readonly Dictionary<string, ProcessorFile?> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    /// <summary>What the compiler says about the files so far without refusing them.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Gets or sets where it is said that a file's objects could not be disposed.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>How long the objects of one file may take to be disposed.</summary>
    public TimeSpan DisposeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Finds the processors of a file for a signal, in the order in which they run; or what is wrong with the file.</summary>
    /// <param name="path">As the settings say it: absolute, or from the working directory.</param>
    /// <param name="signal">Traces, metrics or logs.</param>
    public ProcessorFileResult Load(string path, OtlpSignal signal)
    {
        if (!TryResolve(path, out var fullPath))
            return ProcessorFileResult.Failed($"'{path}' is not the path of a file");
        if (!_files.TryGetValue(fullPath, out var file))
        {
            file = Open(fullPath, out var errors);
            _files.Add(fullPath, file);
            _errors.Add(fullPath, errors);
        }

        if (file is null)
            return new ProcessorFileResult([], _errors[fullPath]);
        var contract = Contract(signal);
        var steps = file.Implementing(contract).Select(type => new ProcessorFileStep(file, type)).ToArray();
        return steps.Length > 0
            ? new ProcessorFileResult(steps, [])
            : ProcessorFileResult.Failed(
                $"'{fullPath}' has no {(IsSource(fullPath) ? "" : "public ")}class that implements {contract.Name}, "
                + $"so it cannot process {signal.Name()}");
    }

    /// <summary>
    /// Disposes the objects of the files and lets the files go. That is the users' code: one that fails or hangs is logged, and keeps
    /// neither the others nor the shutdown.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files.Values.OfType<ProcessorFile>())
        {
            try
            {
                await Task.Run(() => file.DisposeAsync().AsTask()).WaitAsync(DisposeLimit, TimeProvider.System).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Logger.FileNotDisposed(file.Path, exception);
            }
        }

        _files.Clear();
        _errors.Clear();
    }

    private static bool TryResolve(string path, out string fullPath)
    {
        fullPath = "";
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
            return false;
        fullPath = Path.GetFullPath(path);
        return true;
    }

    private ProcessorFile? Open(string path, out string[] errors)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            errors = [$"'{path}' cannot be loaded: this program was compiled ahead of time and has no runtime for other code"];
            return null;
        }

        if (IsSource(path))
            return OpenSource(path, out errors);
        if (string.Equals(Path.GetExtension(path), AssemblyExtension, StringComparison.OrdinalIgnoreCase))
            return OpenAssembly(path, out errors);
        errors = [$"'{path}' is neither a C# file ({SourceExtension}) nor an assembly ({AssemblyExtension})"];
        return null;
    }

    private ProcessorFile? OpenSource(string path, out string[] errors)
    {
        errors = [];
        if (SettingFile.Read(path, MaxSourceBytes, out var problem) is not { } source)
        {
            errors = [problem!];
            return null;
        }

        if (compiler is null)
        {
            errors = [$"'{path}' needs the package Rotel.Roslyn and a call of rotel.AddRoslyn() in the application"];
            return null;
        }

        var compiled = compiler.Compile(path, source);
        _warnings.AddRange(compiled.Warnings);
        if (compiled.Assembly is null)
        {
            errors = [.. compiled.Errors];
            return null;
        }

        // In the order in which they stand in the file.
        return Open(
            path,
            hasDependencies: false,
            context => Processors(LoadImage(context, compiled)).OrderBy(type => type.MetadataToken),
            out errors);
    }

    private static ProcessorFile? OpenAssembly(string path, out string[] errors)
    {
        if (File.Exists(path))
        {
            // Its order of classes is that of whatever files they were compiled from, which nobody sees.
            return Open(
                path,
                hasDependencies: true,
                context => Processors(LoadFile(context, path))
                    .Where(type => type.IsVisible)
                    .OrderBy(type => type.FullName, StringComparer.Ordinal),
                out errors);
        }

        errors = [$"cannot read '{path}': there is no such file"];
        return null;
    }

    private static ProcessorFile? Open(
        string path, bool hasDependencies, Func<ProcessorFileContext, IEnumerable<Type>> load, out string[] errors)
    {
        ProcessorFileContext? context = null;
        try
        {
            context = new ProcessorFileContext(path, hasDependencies);
            var file = new ProcessorFile(path, context, [.. load(context)]);
            context = null;
            errors = [];
            return file;
        }
        catch (BadImageFormatException)
        {
            errors = [$"'{path}' is not an assembly of .NET that this process can load"];
        }
        catch (ReflectionTypeLoadException exception)
        {
            errors = [$"'{path}' cannot be loaded: {Causes(exception)}. Publish it, so that all it needs lies beside it"];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            errors = [$"cannot read '{path}': {exception.Message.TrimEnd('.')}"];
        }
        finally
        {
            context?.Unload();
        }

        return null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "As the remarks say.")]
    private static Assembly LoadFile(ProcessorFileContext context, string path) => context.LoadFromAssemblyPath(path);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "As the remarks say.")]
    private static Assembly LoadImage(ProcessorFileContext context, CompiledSource compiled) => context.LoadFromStream(
        new MemoryStream(compiled.Assembly!), compiled.Symbols is null ? null : new MemoryStream(compiled.Symbols));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "As the remarks say.")]
    private static IEnumerable<Type> Processors(Assembly assembly) => assembly.GetTypes().Where(type =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && Contracts.Any(contract => contract.IsAssignableFrom(type)));

    private static string Causes(ReflectionTypeLoadException exception) => string.Join(
        "; ", exception.LoaderExceptions.Select(cause => cause?.Message.TrimEnd('.')).OfType<string>().Distinct().Take(MaxCauses));

    private static bool IsSource(string path) =>
        string.Equals(Path.GetExtension(path), SourceExtension, StringComparison.OrdinalIgnoreCase);

    private static Type Contract(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => typeof(ITraceProcessor),
        OtlpSignal.Metrics => typeof(IMetricProcessor),
        OtlpSignal.Logs => typeof(ILogProcessor),
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Profiles are not processed."),
    };
}
