using System.Globalization;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Load;

/// <summary>
/// The load generator's process. Standard input: <c>run MILLISECONDS ITEMS_PER_SECOND</c> (0 for as fast as the answers come), any number
/// of times; each is
/// answered with a <see cref="LoadReport"/>.
/// </summary>
internal static class LoadRole
{
    public const string Command = "run";

    public static async Task RunAsync(Flags flags)
    {
        var options = LoadOptions.From(flags);
        flags.RefuseUnknown();
        using var generator = new LoadGenerator(options);
        Console.Out.WriteLine("load is ready");

        await CommandLoop.RunAsync(Command, async line =>
        {
            var words = line.Split(' ');
            var duration = TimeSpan.FromMilliseconds(long.Parse(words[1], CultureInfo.InvariantCulture));
            var itemsPerSecond = double.Parse(words[2], CultureInfo.InvariantCulture);
            var report = await generator.RunAsync(duration, itemsPerSecond);
            report.Write();
        });
    }
}
