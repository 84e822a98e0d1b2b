using System.Runtime.InteropServices;
using Rotel.Agent.Doctor;
using Rotel.Agent.Migration;
using Rotel.Agent.Replay;
using Rotel.Configuration;
using Rotel.Diagnostics;
using Rotel.Kafka;
using Rotel.Logging;
using Rotel.Receivers.Operation;

namespace Rotel.Agent;

/// <summary>The <c>rotel</c> command: a thin shell around <see cref="RotelAgent"/>.</summary>
internal static class RotelCommand
{
    public const int Success = 0;

    /// <summary>The configuration is right, but Rotel could not start: a port in use, say.</summary>
    public const int CannotStart = 1;

    /// <summary>The configuration or the command line is wrong.</summary>
    public const int WrongUsage = 2;

    private const string Usage =
        """
        Rotel, an OpenTelemetry collector.

          rotel start [flags]      receives OTLP and delivers it until SIGTERM or SIGINT
          rotel validate [flags]   checks the configuration and prints what is in force, without secrets
          rotel doctor [flags]     checks destinations and this machine in words; see rotel doctor --help
          rotel replay DIR         sends again what destinations had refused for good; see rotel replay --help
          rotel clickhouse-ddl     prints or creates the tables for ClickHouse; see rotel clickhouse-ddl --help
          rotel migrate FILE       turns an OpenTelemetry Collector's YAML into settings for Rotel; see rotel migrate --help
          rotel --help             prints this
          rotel --version          prints the version

        Every setting is an environment variable and a flag: ROTEL_BATCH_TIMEOUT=1s is --batch-timeout 1s.
        Flags win. Sending to one OTLP backend takes

          rotel start --otlp-exporter-endpoint https://otlp.example.com

        and trying Rotel without a backend

          rotel start --exporter blackhole --debug-log traces,metrics,logs

        All settings:

        """;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        switch (arguments)
        {
            case ["start" or "validate", "--help" or "-h", ..] or ["--help" or "-h" or "help", ..]:
                await output.WriteAsync(Usage).ConfigureAwait(false);
                foreach (var (flag, summary) in Flags)
                    await output.WriteLineAsync($"  {flag,-46} {summary}").ConfigureAwait(false);
                return Success;
            case ["--version" or "version"]:
                await output.WriteLineAsync($"rotel {OwnTelemetry.Version}").ConfigureAwait(false);
                return Success;
            case ["start", .. var flags]:
                return await WithPlanAsync(flags, error, plan => StartAsync(plan, output, error)).ConfigureAwait(false);
            case ["validate", .. var flags]:
                return await WithPlanAsync(flags, error, plan => PrintAsync(plan, output, error)).ConfigureAwait(false);
            case ["doctor", "--help" or "-h", ..]:
                await output.WriteAsync(DoctorCommand.Usage).ConfigureAwait(false);
                return Success;
            case ["doctor", .. var flags]:
                return await DoctorAsync(flags, output, error).ConfigureAwait(false);
            case ["replay", "--help" or "-h" or "help", ..]:
                await output.WriteAsync(ReplayCommand.Usage).ConfigureAwait(false);
                return Success;
            case ["replay", .. var rest]:
                return await ReplayAsync(rest, output, error).ConfigureAwait(false);
            case ["clickhouse-ddl", .. var flags]:
                return await ClickHouseDdlCommand.RunAsync(flags, output, error).ConfigureAwait(false);
            case ["migrate", .. var rest]:
                return await MigrateCommand.RunAsync(rest, output, error).ConfigureAwait(false);
            default:
                await error.WriteLineAsync(
                    "Expected a command: rotel start, rotel validate, rotel doctor, rotel replay, rotel clickhouse-ddl, rotel migrate, "
                    + "rotel --help or rotel --version.")
                    .ConfigureAwait(false);
                return WrongUsage;
        }
    }

    private static IEnumerable<(string Flag, string Summary)> Flags => SettingsOverview.FlagsOf(
        [KafkaTypes.Receiver], [.. ExporterTypes.All, KafkaTypes.Exporter]);

    private static async Task<int> WithPlanAsync(IReadOnlyList<string> flags, TextWriter error, Func<RotelPlan, Task<int>> run)
    {
        RotelPlan plan;
        try
        {
            plan = RotelConfiguration.Load(RotelSources.OfCommand(flags), static rotel =>
            {
                rotel.AddKafka();
                rotel.AddRoslyn();

                // Who sets the variables of this command may run what they like as it is.
                rotel.AllowProcessorFiles = true;
            });
        }
        catch (RotelConfigurationException exception)
        {
            foreach (var line in exception.Errors)
                await error.WriteLineAsync(line).ConfigureAwait(false);
            return WrongUsage;
        }

        return await run(plan).ConfigureAwait(false);
    }

    private static async Task<int> DoctorAsync(IReadOnlyList<string> flags, TextWriter output, TextWriter error)
    {
        if (DoctorOptions.TryRead(flags, out var options, out var settings, out var problem))
            return await WithPlanAsync(settings, error, plan => DoctorCommand.RunAsync(plan, options, output)).ConfigureAwait(false);
        await error.WriteLineAsync(problem).ConfigureAwait(false);
        return WrongUsage;
    }

    private static async Task<int> ReplayAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (ReplayOptions.TryRead(arguments, out var options, out var settings, out var problem))
            return await WithPlanAsync(settings, error, plan => ReplayCommand.RunAsync(plan, options, output, error)).ConfigureAwait(false);
        await error.WriteLineAsync(problem).ConfigureAwait(false);
        return WrongUsage;
    }

    private static async Task<int> PrintAsync(RotelPlan plan, TextWriter output, TextWriter error)
    {
        foreach (var warning in plan.Warnings.Concat(plan.Notices))
            await error.WriteLineAsync(warning).ConfigureAwait(false);
        await output.WriteAsync(EffectiveConfiguration.Describe(plan)).ConfigureAwait(false);
        return Success;
    }

    private static async Task<int> StartAsync(RotelPlan plan, TextWriter output, TextWriter error)
    {
        if (!plan.IsEnabled)
        {
            await error.WriteLineAsync("Rotel is switched off: ROTEL_ENABLED is false.").ConfigureAwait(false);
            return Success;
        }

        // Signals are caught before the readiness line, so that whoever reads it may send one at once.
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var loggerFactory = RotelLog.OfCommand(plan);

        RotelAgent agent;
        try
        {
            agent = await RotelAgent.StartAsync(plan, loggerFactory, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever kept it from starting is for whoever called the command, not a crash.
            await error.WriteLineAsync($"Rotel cannot start: {exception.Message}").ConfigureAwait(false);
            return CannotStart;
        }

        await using (agent.ConfigureAwait(false))
        {
            await output.WriteLineAsync(ReadinessLine(agent)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            await stop.Task.ConfigureAwait(false);
        }

        return Success;

        void Stop(PosixSignalContext context)
        {
            // The process ends when the drain is over, by returning from here.
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static string ReadinessLine(RotelAgent agent)
    {
        var endpoints = agent.GrpcEndpoints.Select(endpoint => $"otlp grpc {agent.UrlOf(endpoint)}")
            .Concat(agent.HttpEndpoints.Select(endpoint => $"otlp http {agent.UrlOf(endpoint)}"))
            .Concat(agent.StatusEndpoints.Take(1).Select(endpoint => $"status {StatusServer.UrlOf(endpoint)}"))
            .ToArray();
        return endpoints.Length == 0 ? "rotel is ready" : $"rotel is ready: {string.Join(", ", endpoints)}";
    }
}
