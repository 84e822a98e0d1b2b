using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Configuration;
using Rotel.Memory;
using Rotel.Pipelines;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Agent.Doctor;

/// <summary>
/// The command <c>rotel doctor</c>: looks, with the settings of <c>rotel start</c>, at everything that would have to work, and says in
/// words what does not. It starts nothing, and changes nothing but by the test items that it sends.
/// </summary>
internal static class DoctorCommand
{
    public const string Usage =
        """
        Checks what rotel start would need, and says what is wrong in words.

          rotel doctor [flags]     the flags are those of rotel start, and

          --signal traces,logs     sends test items of these signals only
          --no-test-item           sends none: destinations are connected to, and told nothing
          --json                   prints the report as JSON

        For each destination: its addresses, a connection to each, TLS and its certificate, and a test item of
        each signal, with the service name rotel-doctor. For this machine: whether the listeners' ports are
        free, the files that are written, the memory limit.

        Exit codes: 0 all is well, 1 something failed, 2 the configuration is wrong.

        """;

    /// <param name="plan">What <c>rotel start</c> would run.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="output">Where the report goes.</param>
    public static async Task<int> RunAsync(RotelPlan plan, DoctorOptions options, TextWriter output)
    {
        DoctorReport report = options.IsJson ? new JsonReport(output) : new TextReport(output);
        if (!plan.IsEnabled)
        {
            await report.AddAsync(new("this machine", "enabled", StepStatus.Skipped, "Rotel is switched off: ROTEL_ENABLED is false"))
                .ConfigureAwait(false);
            await report.EndAsync(wasInterrupted: false).ConfigureAwait(false);
            return RotelCommand.Success;
        }

        using var patience = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await ExamineAsync(plan, options, report, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // What was found until then is worth reading.
        }
        finally
        {
            if (plan.Files is { } files)
                await files.DisposeAsync().ConfigureAwait(false);
        }

        await report.EndAsync(patience.IsCancellationRequested).ConfigureAwait(false);
        return report.IsGood && !patience.IsCancellationRequested ? RotelCommand.Success : RotelCommand.CannotStart;

        void Stop(PosixSignalContext context)
        {
            // A second one ends the process at once.
            context.Cancel = !patience.IsCancellationRequested;
            patience.Cancel();
        }
    }

    private static async Task ExamineAsync(RotelPlan plan, DoctorOptions options, DoctorReport report, CancellationToken cancellationToken)
    {
        using var workers = new BackgroundWorkers(1);
        var pool = new BufferPool(new ByteBudget(plan.Options.EffectiveMemoryLimit));
        foreach (var exporter in plan.Options.Exporters.All)
        {
            var context = new ExporterContext(
                exporter.Name, pool, TimeProvider.System, NullLogger.Instance, new SilentMeterFactory(), workers)
            {
                Environment = plan.Options.Environment,
                Retry = plan.Options.Retry,
            };
            await new ExporterExamination(exporter, plan.SignalsOf(exporter), context, options, report)
                .RunAsync(cancellationToken).ConfigureAwait(false);
        }

        await new MachineExamination(plan, report).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
