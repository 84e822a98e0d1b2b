namespace Rotel.Agent.Migration;

/// <summary>The flags of <c>rotel migrate</c>.</summary>
/// <param name="File">What to read; null for the environment of the process.</param>
/// <param name="Out">The directory to write to; null for standard output.</param>
/// <param name="Force">Whether files there are replaced.</param>
/// <param name="Strict">Whether a leftover is a failure.</param>
internal sealed record MigrateOptions(string? File, string? Out, bool Force, bool Strict)
{
    /// <summary>Reads flags; <paramref name="problem"/> says what is wrong with them.</summary>
    public static MigrateOptions? Read(IReadOnlyList<string> arguments, out string problem)
    {
        string? file = null, directory = null;
        bool force = false, strict = false, environment = false;
        problem = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--out" && i + 1 < arguments.Count)
                directory = arguments[++i];
            else if (argument.StartsWith("--out=", StringComparison.Ordinal))
                directory = argument["--out=".Length..];
            else if (argument == "--force")
                force = true;
            else if (argument == "--strict")
                strict = true;
            else if (argument == "--environment")
                environment = true;
            else if (argument.StartsWith('-') || file is not null)
                problem = $"{argument} is not what rotel migrate expects";
            else
                file = argument;
        }

        if (problem.Length == 0 && environment == file is not null)
            problem = "expected one file, or --environment";
        if (problem.Length == 0 && directory?.Length == 0)
            problem = "--out needs a directory";
        return problem.Length == 0 ? new(file, directory, force, strict) : null;
    }
}
