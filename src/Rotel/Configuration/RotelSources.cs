using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Rotel.Configuration;

/// <summary>Where settings come from, apart from code.</summary>
internal sealed record RotelSources
{
    /// <summary>Nothing but defaults and code.</summary>
    public static RotelSources None { get; } = new();

    /// <summary>The host's configuration, of which the section <c>Rotel</c> is read; null without a host.</summary>
    public IConfiguration? Configuration { get; init; }

    /// <summary>
    /// Environment variables. Settings are those that begin with <c>ROTEL_</c>, and few others that exporters name; resource detection
    /// looks at those that its detectors know.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The command line behind the command's word.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Names that mean nothing are errors, as the command wants it; otherwise they are warnings.</summary>
    public bool RefusesUnknownNames { get; init; }

    /// <summary>Nobody but Rotel decides where messages go.</summary>
    public bool IsCommand { get; init; }

    /// <summary>For <c>AddRotel</c> and <c>RotelAgent</c>.</summary>
    public static RotelSources OfProcess(IConfiguration? configuration = null) =>
        new() { Configuration = configuration, Environment = ReadEnvironment() };

    /// <summary>For the <c>rotel</c> command.</summary>
    public static RotelSources OfCommand(IReadOnlyList<string> arguments) =>
        new() { Environment = ReadEnvironment(), Arguments = arguments, RefusesUnknownNames = true, IsCommand = true };

    private static Dictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
#pragma warning disable RS0030 // The one place where Rotel reads the environment.
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
#pragma warning restore RS0030
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }
}
