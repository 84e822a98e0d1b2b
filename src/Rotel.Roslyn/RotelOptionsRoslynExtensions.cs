using System.Diagnostics.CodeAnalysis;
using Rotel.Roslyn;

namespace Rotel;

/// <summary>Lets Rotel compile processors.</summary>
public static class RotelOptionsRoslynExtensions
{
    /// <summary>
    /// Lets a processor be a C# file, which is compiled when Rotel starts (<c>ROTEL_PROCESSORS_TRACES=/app/redact.cs</c>). By itself it
    /// adds none.
    /// </summary>
    /// <param name="rotel">The options, in the callback of <c>AddRotel</c> or <see cref="RotelAgent"/>.</param>
    /// <returns><paramref name="rotel"/>.</returns>
    [RequiresDynamicCode("A compiled file is loaded at run time.")]
    [RequiresUnreferencedCode("A compiled file may use what trimming removes.")]
    public static RotelOptions AddRoslyn(this RotelOptions rotel)
    {
        ArgumentNullException.ThrowIfNull(rotel);
        rotel.ProcessorCompiler = new SourceCompiler();
        return rotel;
    }
}
