using System.Globalization;
using BenchmarkDotNet.Running;
using Rotel.Benchmarks.DiskLog;

namespace Rotel.Benchmarks;

/// <summary>Micro benchmarks, one folder per subject; every figure is per item (span, data point or log record).</summary>
internal static class Program
{
    /// <returns>0; 1 when a benchmark failed or none was chosen, so that a script notices.</returns>
    public static int Main(string[] args)
    {
        if (args is [DiskLogFigures.Command, var directory, ..])
        {
            DiskLogFigures.RunAsync(directory, args.Length > 2 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 5L << 30)
                .GetAwaiter().GetResult();
            return 0;
        }

        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new ItemConfig()).ToArray();
        return summaries.Length > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success))
            ? 0
            : 1;
    }
}
