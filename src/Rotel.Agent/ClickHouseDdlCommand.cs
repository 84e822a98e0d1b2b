using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Configuration;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Server;
using Rotel.Settings;
using Rotel.Threading;

namespace Rotel.Agent;

/// <summary>
/// The command <c>rotel clickhouse-ddl</c>: prints or runs the statements that create the tables of the ClickHouse exporter. It takes the
/// settings of that exporter as flags, and reads nothing from the environment.
/// </summary>
internal static class ClickHouseDdlCommand
{
    private const string Usage =
        """
        Tables for telemetry in ClickHouse, as OpenTelemetry's exporters and Grafana know them.

          rotel clickhouse-ddl print [flags]    prints the statements that create them
          rotel clickhouse-ddl create [flags]   runs them, one by one; what is there stays as it is

          --traces, --logs, --metrics           which tables; all of them if none is given

        The database is created if it is missing. To try it out:

          rotel clickhouse-ddl create --endpoint http://localhost:8123 --ttl 30d

        Exit codes: 0 done, 1 the server refused a statement or cannot be reached, 2 wrong flags.

        Flags:

        """;

    /// <summary>Statements for a cluster return when all its servers have run them.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Rows that say nothing about tables.</summary>
    private static readonly HashSet<string> OtherRows = new(StringComparer.Ordinal)
    {
        "compression", "async_insert", "json_underscore", "nested_kv_max_depth", "create_schema",
    };

    /// <summary>Flags are variables without the prefix that all of them have.</summary>
    private static readonly SettingScope Flags = new("", SettingScope.VariablePrefix);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is [] or ["--help" or "-h" or "help", ..] or [_, "--help" or "-h", ..])
        {
            await output.WriteAsync(Usage).ConfigureAwait(false);
            foreach (var row in ClickHouseDdlSignals.Rows.Concat(OptionRows))
            {
                var summary = row.Summary.Replace("`", "", StringComparison.Ordinal);
                await output.WriteLineAsync($"  {Flags.For(row.Name).Flag,-46} {summary}").ConfigureAwait(false);
            }

            return RotelCommand.Success;
        }

        if (arguments[0] is not ("print" or "create"))
        {
            await error.WriteLineAsync(
                "Expected rotel clickhouse-ddl print or rotel clickhouse-ddl create; see rotel clickhouse-ddl --help.")
                .ConfigureAwait(false);
            return RotelCommand.WrongUsage;
        }

        var creates = arguments[0] == "create";
        var errors = new ConfigurationErrors();
        var signals = new ClickHouseDdlSignals();
        var options = Read([.. arguments.Skip(1)], creates, signals, errors);
        try
        {
            errors.ThrowIfAny();
        }
        catch (RotelConfigurationException exception)
        {
            foreach (var line in exception.Errors)
                await error.WriteLineAsync(line).ConfigureAwait(false);
            return RotelCommand.WrongUsage;
        }

        var schema = ClickHouseSchema.Of(options);
        var statements = signals.All.SelectMany(schema.Statements);
        if (creates)
            return await CreateAsync(options, schema, statements, output, error).ConfigureAwait(false);
        foreach (var statement in statements.Prepend(schema.CreateDatabase))
            await output.WriteLineAsync($"{statement};\n").ConfigureAwait(false);
        return RotelCommand.Success;
    }

    private static ClickHouseExporterOptions Read(
        IReadOnlyList<string> arguments, bool creates, ClickHouseDdlSignals signals, ConfigurationErrors errors)
    {
        var options = new ClickHouseExporterOptions { RequestTimeout = DefaultTimeout, CreateSchema = true };
        var source = new CommandLineSource(arguments, errors) { HasFlagsOnly = true };
        var reader = new SettingReader([source], errors);
        reader.Apply(Flags, () => ClickHouseDdlSignals.Rows, signals);
        reader.Apply(Flags, static () => OptionRows, options);
        foreach (var unread in source.Unread)
            errors.Add($"{unread.Written}: is not a flag of rotel clickhouse-ddl; see rotel clickhouse-ddl --help.");

        var flagErrors = new FlagErrors(errors);
        if (creates)
            ExporterTypes.ClickHouse.Validate(options, OtlpSignals.Mergeable.ToArray(), flagErrors);
        else
            ClickHouseExporterType.ValidateSchema(options, flagErrors);
        return options;
    }

    private static async Task<int> CreateAsync(
        ClickHouseExporterOptions options, ClickHouseSchema schema, IEnumerable<string> statements, TextWriter output, TextWriter error)
    {
        using var workers = new BackgroundWorkers(1);
        var context = new ExporterContext(
            "clickhouse-ddl",
            new BufferPool(new ByteBudget(1 << 20)),
            TimeProvider.System,
            NullLogger.Instance,
            new SilentMeterFactory(),
            workers);
        using var client = new ClickHouseClient(options, context);
        foreach (var statement in statements)
        {
            using var timeout = new CancellationTokenSource(options.RequestTimeout, TimeProvider.System);
            string? problem;
            try
            {
                var failure = await SchemaCreation.RunAsync(client, schema, [statement], timeout.Token).ConfigureAwait(false);
                problem = failure is { } failed ? $"{FirstLine(failed.Statement)}: {failed.Answer.Message}" : null;
            }
            catch (OperationCanceledException)
            {
                problem = $"{FirstLine(statement)}: no answer within {options.RequestTimeout.TotalSeconds:0.###} s";
            }

            if (problem is not null)
            {
                await error.WriteLineAsync(problem).ConfigureAwait(false);
                return RotelCommand.CannotStart;
            }

            await output.WriteLineAsync(FirstLine(statement)).ConfigureAwait(false);
        }

        return RotelCommand.Success;
    }

    private static string FirstLine(string statement) => statement.Split('\n', 2)[0];

    private static IEnumerable<Setting> OptionRows => ExporterTypes.ClickHouse.Settings.Where(row => !OtherRows.Contains(row.Name))
        .Concat(SharedExporterSettings.All.Where(row => row.Name == SharedExporterSettings.RequestTimeout));

    /// <summary>The checks of the exporter name settings, which are flags here.</summary>
    private sealed class FlagErrors(ConfigurationErrors errors) : SettingErrors
    {
        public override void Add(string setting, string problem) => errors.Add(Flags.For(setting).Flag, problem.TrimEnd('.'));
    }
}
