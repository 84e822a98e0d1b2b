using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Rotel.Processors.Files;

namespace Rotel.Roslyn;

/// <summary>
/// What a processor is compiled against: every assembly that it can use once it is loaded. Those that are loaded already are read where
/// they lie in memory, the others from their files.
/// </summary>
internal sealed class HostReferences : IDisposable
{
    /// <summary>Where the runtime names the files of a program; not those that a single-file program has in itself.</summary>
    private const string TrustedAssemblies = "TRUSTED_PLATFORM_ASSEMBLIES";

    /// <summary>What most code uses, for programs that have their assemblies in one file and so cannot be asked for their names.</summary>
    internal static readonly string[] Usual =
    [
        "System.Runtime", "System.Private.CoreLib", "netstandard", "System.Collections", "System.Collections.Concurrent",
        "System.Collections.Immutable", "System.Console", "System.Diagnostics.DiagnosticSource", "System.Linq", "System.Memory",
        "System.Net.Http", "System.Net.Primitives", "System.Runtime.Extensions", "System.Runtime.InteropServices",
        "System.Security.Cryptography", "System.Text.Json", "System.Text.RegularExpressions", "System.Threading", "System.Threading.Tasks",
        "System.Xml.XDocument",
    ];

    private readonly Dictionary<string, AssemblyMetadata> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Assembly> _inMemory = [];

    private HostReferences()
    {
    }

    public IEnumerable<MetadataReference> All => _byName.Values.Select(metadata => metadata.GetReference());

    /// <summary>Of assemblies.</summary>
    internal IEnumerable<string> Names => _byName.Keys;

    public static HostReferences Collect() => Collect(Trusted());

    /// <param name="trusted">The files of the program; those that are there count.</param>
    internal static HostReferences Collect(string[] trusted)
    {
        var references = new HostReferences();
        var host = AssemblyLoadContext.GetLoadContext(typeof(ProcessorFiles).Assembly) ?? AssemblyLoadContext.Default;
        foreach (var assembly in host.Assemblies.Concat(AssemblyLoadContext.Default.Assemblies))
            references.Add(assembly);
        var hasFiles = false;
        foreach (var file in trusted)
            hasFiles |= references.TryAdd(file);

        // Only what is loaded by now: everything else is inside the program's one file.
        if (!hasFiles)
            references.AddClosure(host);
        return references;
    }

    public void Dispose()
    {
        foreach (var metadata in _byName.Values)
            metadata.Dispose();
        _byName.Clear();
        _inMemory.Clear();
    }

    private static string[] Trusted() => AppContext.GetData(TrustedAssemblies) is string files
        ? files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        : [];

    private unsafe void Add(Assembly assembly)
    {
        if (assembly.IsDynamic || assembly.GetName().Name is not { } name || _byName.ContainsKey(name)
            || !assembly.TryGetRawMetadata(out var start, out var length))
        {
            return;
        }

        // Its metadata lies where it is as long as the assembly is loaded, so that is held.
        _inMemory.Add(assembly);
        _byName.Add(name, AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)start, length)));
    }

    /// <summary>False where the file is not there.</summary>
    private bool TryAdd(string file)
    {
        if (!File.Exists(file))
            return false;
        var name = Path.GetFileNameWithoutExtension(file);
        if (!_byName.ContainsKey(name))
            _byName.Add(name, AssemblyMetadata.CreateFromFile(file));
        return true;
    }

    /// <summary>Loads what is usual, and what anything refers to that is there.</summary>
    private void AddClosure(AssemblyLoadContext host)
    {
        var names = new Queue<AssemblyName>(Usual.Select(name => new AssemblyName(name)));
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var assembly in _inMemory.ToArray())
            Enqueue(assembly);
        while (names.TryDequeue(out var name))
        {
            if (!asked.Add(name.Name!) || TryLoad(host, name) is not { } assembly)
                continue;
            Add(assembly);
            Enqueue(assembly);
        }

        void Enqueue(Assembly assembly)
        {
            foreach (var reference in assembly.GetReferencedAssemblies())
                names.Enqueue(reference);
        }
    }

    private static Assembly? TryLoad(AssemblyLoadContext host, AssemblyName name)
    {
        try
        {
            return host.LoadFromAssemblyName(name);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            // Published without it: then no processor can use it either.
            return null;
        }
    }
}
