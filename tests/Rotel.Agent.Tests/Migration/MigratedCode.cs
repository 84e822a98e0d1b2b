using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Rotel.Hosting;

namespace Rotel.Agent.Tests.Migration;

/// <summary>The C# of a migration, compiled and ready to run.</summary>
internal static class MigratedCode
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>What the file makes of options: the callback that it gives to <c>AddRotel</c>.</summary>
    public static Action<RotelOptions> Compile(string code)
    {
        var compilation = CSharpCompilation.Create(
            $"migrated.{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(code, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest))],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly, cancellationToken: TestContext.Current.CancellationToken);
        var problems = result.Diagnostics.Where(one => one.Severity >= DiagnosticSeverity.Warning && one.Id is not ("CS1701" or "CS1702"));
        Assert.True(!problems.Any(), $"{string.Join('\n', problems)}\n{code}");

        var services = new ServiceCollection();
        Assembly.Load(assembly.ToArray()).GetType("MigratedRotel")!
            .GetMethod("AddMigratedRotel", BindingFlags.Static | BindingFlags.Public)!
            .Invoke(null, [services]);
        var added = Assert.Single(services, service => service.ServiceType == typeof(RotelConfigureStep));
        return Assert.IsType<RotelConfigureStep>(added.ImplementationInstance)
            .Configure;
    }
}
