using Rotel.Agent.Migration.Output;
using Rotel.Agent.Migration.Yaml;
using Rotel.Configuration;

namespace Rotel.Agent.Migration;

/// <summary>The command <c>rotel migrate</c>: turns what another collector is configured with into settings and code for Rotel.</summary>
internal static class MigrateCommand
{
    /// <summary>With <c>--strict</c>: something could not be carried over.</summary>
    public const int HasLeftovers = 3;

    private const string Usage =
        """
        Turns the configuration of an OpenTelemetry Collector, or ROTEL_* variables of pyrotel or Rotel, into settings for Rotel.

          rotel migrate collector.yaml [flags]   reads the YAML of a collector
          rotel migrate rotel.env [flags]        reads a file with variables
          rotel migrate --environment [flags]    reads the variables of this process

          --out DIR    writes appsettings.json, MigratedRotel.cs and, where variables are to be set, rotel.env there
          --force      replaces them where they are there already
          --strict     exits with 3 when something could not be carried over

        Without --out the files are written to standard output, and what became of everything to standard error. Secrets are in
        none of them: the variables that are to hold them are named.

        Exit codes: 0 done, be it with a list of what could not be carried over; 1 the file cannot be read or written; 2 wrong flags.

        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is ["--help" or "-h" or "help", ..] or [_, "--help" or "-h"])
        {
            await output.WriteAsync(Usage).ConfigureAwait(false);
            return RotelCommand.Success;
        }

        if (MigrateOptions.Read(arguments, out var problem) is not { } options)
        {
            await error.WriteLineAsync($"rotel migrate: {problem}; see rotel migrate --help.").ConfigureAwait(false);
            return RotelCommand.WrongUsage;
        }

        try
        {
            var migrated = options.File is { } file
                ? MigratedFiles.OfText(await ReadAsync(file).ConfigureAwait(false), Path.GetFileName(file))
                : MigratedFiles.OfVariables(RotelSources.OfProcess().Environment);
            await WriteAsync(migrated, options, output, error).ConfigureAwait(false);
            return options.Strict && migrated.Configuration.Report.Leftovers.Count > 0 ? HasLeftovers : RotelCommand.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            await error.WriteLineAsync($"rotel migrate: {options.File ?? "the environment"}: {exception.Message}").ConfigureAwait(false);
            return RotelCommand.CannotStart;
        }
    }

    private static async Task WriteAsync(MigratedFiles migrated, MigrateOptions options, TextWriter output, TextWriter error)
    {
        EnvironmentLine[] variables = [.. migrated.Configuration.Environment];
        List<(string Name, string Text)> files = [("appsettings.json", migrated.AppSettings), (CSharpWriter.FileName, migrated.Code)];
        if (variables.Length > 0)
            files.Add(("rotel.env", ReportWriter.WriteVariables(variables)));
        if (options.Out is not { } directory)
        {
            foreach (var (name, text) in files)
                await output.WriteAsync($"--- {name}\n{text}").ConfigureAwait(false);
            await error.WriteAsync(ReportWriter.Write(migrated.Configuration)).ConfigureAwait(false);
            return;
        }

        Directory.CreateDirectory(directory);
        if (!options.Force && files.Select(file => Path.Combine(directory, file.Name)).FirstOrDefault(File.Exists) is { } there)
            throw new IOException($"{there} is there already; --force replaces it.");
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(Path.Combine(directory, name), text).ConfigureAwait(false);
        await output.WriteAsync(ReportWriter.Write(migrated.Configuration)).ConfigureAwait(false);
        await output.WriteAsync($"Written to {directory}: {string.Join(", ", files.Select(file => file.Name))}\n").ConfigureAwait(false);
    }

    /// <summary>Reads no more than is looked at, whatever the file is.</summary>
    private static async Task<string> ReadAsync(string file)
    {
        using var reader = new StreamReader(file);
        var buffer = new char[YamlReader.MaxLength + 1];
        var length = await reader.ReadBlockAsync(buffer).ConfigureAwait(false);
        return new string(buffer, 0, length);
    }
}
