using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Rotel.Roslyn;

/// <summary>The namespaces that a processor's file need not name: those of every .NET project, and those of telemetry.</summary>
internal static class ImplicitUsings
{
    private static readonly string[] Namespaces =
    [
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Threading",
        "System.Threading.Tasks",
        "Google.Protobuf",
        "Google.Protobuf.Collections",
        "Microsoft.Extensions.Logging",
        "OpenTelemetry.Proto.Common.V1",
        "OpenTelemetry.Proto.Logs.V1",
        "OpenTelemetry.Proto.Metrics.V1",
        "OpenTelemetry.Proto.Resource.V1",
        "OpenTelemetry.Proto.Trace.V1",
        "Rotel.Processors",
        "Rotel.Processors.Typed",
    ];

    private static readonly string Source = string.Concat(Namespaces.Select(name => $"global using global::{name};\n"));

    public static SyntaxTree Tree(CSharpParseOptions language) => CSharpSyntaxTree.ParseText(
        Source, language, "implicit usings", Encoding.UTF8);
}
