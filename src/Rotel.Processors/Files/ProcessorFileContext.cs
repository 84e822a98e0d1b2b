using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace Rotel.Processors.Files;

/// <summary>
/// Where one processor file and what only it needs are loaded, so that all of it can go again. What the process has, at the version the
/// file asks for or a later one, is shared: a message, a logger or a service is the same type on both sides.
/// </summary>
internal sealed class ProcessorFileContext : AssemblyLoadContext
{
    /// <summary>Ours and those whose types are in our interfaces: the process's own, whatever version a file was built against.</summary>
    private static readonly Dictionary<string, Assembly> Contract = new Assembly[]
    {
        typeof(ProcessorFiles).Assembly,
        typeof(Otlp.OtlpSignal).Assembly,
        typeof(Google.Protobuf.IMessage).Assembly,
    }.ToDictionary(assembly => assembly.GetName().Name!, StringComparer.OrdinalIgnoreCase);

    private static readonly AssemblyLoadContext Host = GetLoadContext(typeof(ProcessorFiles).Assembly) ?? Default;

    /// <summary>Knows what <c>.deps.json</c> beside the file, or its folder, says about what it needs; null for a source file.</summary>
    private readonly AssemblyDependencyResolver? _dependencies;

    /// <param name="path">The file's full path.</param>
    /// <param name="hasDependencies">Whether assemblies may lie beside it.</param>
    /// <exception cref="InvalidOperationException">Its <c>.deps.json</c> cannot be read.</exception>
    public ProcessorFileContext(string path, bool hasDependencies)
        : base(Path.GetFileName(path), isCollectible: true) =>
        _dependencies = hasDependencies ? new AssemblyDependencyResolver(path) : null;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "As ProcessorFiles says.")]
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is { } name && Contract.TryGetValue(name, out var contract))
            return contract;
        return Shared(assemblyName)
            ?? (_dependencies?.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies?.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static Assembly? Shared(AssemblyName name)
    {
        try
        {
            return Host.LoadFromAssemblyName(name);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            // The process does not have it, or has an earlier version.
            return null;
        }
    }
}
