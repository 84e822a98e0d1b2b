using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Diagnostics;

namespace Rotel.Logging;

/// <summary>Decides where Rotel's own messages go.</summary>
internal static class RotelLog
{
    public const string Category = "Rotel.Logging";

    /// <summary>
    /// The file that <c>log_file</c> names; without one, the host's own loggers, filtered by <c>log_level</c>. The caller disposes the
    /// result after everything that logs; <paramref name="host"/> stays its owner's, and is told when the file cannot be written.
    /// </summary>
    /// <param name="plan">What is set.</param>
    /// <param name="host">Where messages would go otherwise.</param>
    /// <param name="time">Null for the system's clock.</param>
    /// <exception cref="RotelConfigurationException">The file cannot be written.</exception>
    public static ILoggerFactory Create(RotelPlan plan, ILoggerFactory host, TimeProvider? time = null)
    {
        var options = plan.Options.Log;
        if (options.File is not { } path)
            return new LevelFilteredLoggerFactory(host, options.IsLevelSet ? options.Level : LogLevel.Trace);

        time ??= TimeProvider.System;
        var file = new LogFile(path, time);
        if (file.TryOpen() is { } problem)
        {
            file.Dispose();
            throw new RotelConfigurationException(
                [
                    $"{SettingScope.Global.For(OperationSettings.LogFile)}: {problem}; name a file that this process may write, "
                        + "or leave it out.",
                ]);
        }

        var factory = new LineLoggerFactory(file, LineFormat.Of(options.Format), options.Level, time);
        Watch(file, factory.CreateLogger(Category), host.CreateLogger(Category), new OncePerInterval(time));
        return factory;
    }

    /// <summary>What stands for a host's loggers in the <c>rotel</c> command: standard error.</summary>
    public static ILoggerFactory OfCommand(RotelPlan plan) => new LineLoggerFactory(
        new StandardErrorLines(), LineFormat.Of(plan.Options.Log.Format), plan.Options.Log.Level, TimeProvider.System);

    /// <summary>
    /// What the file cannot take is said where messages went before there was one, and in the file once it takes them again.
    /// </summary>
    private static void Watch(LogFile file, ILogger own, ILogger host, OncePerInterval lines)
    {
        file.Failed = problem =>
        {
            if (lines.TryTake(out var times))
                host.LogFileFailed(times, problem);
        };
        file.Recovered = (lost, problem) => own.LogFileRecovered(lost, problem);
    }
}
