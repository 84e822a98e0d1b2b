using System.Globalization;
using Rotel.Throughput;
using Rotel.Throughput.Children;
using Rotel.Throughput.Load;

namespace Rotel.Guest.Load;

/// <summary>
/// The clients of all applications, in one process so that none has the better clients. Standard input: <c>run URL MILLISECONDS
/// REQUESTS_PER_SECOND</c>, any number of times; each is answered with a <see cref="LoadReport"/> whose items are requests.
/// </summary>
internal static class RequestRole
{
    public const string Name = "requests";

    public const string Command = "run";

    public static async Task RunAsync(Flags flags)
    {
        var connections = flags.Count("connections", 16);
        flags.RefuseUnknown();
        var generators = new Dictionary<string, LoadGenerator>(StringComparer.Ordinal);
        Console.Out.WriteLine("requests is ready");

        await CommandLoop.RunAsync(Command, async line =>
        {
            var words = line.Split(' ');
            if (!generators.TryGetValue(words[1], out var generator))
                generators[words[1]] = generator = Connect(new Uri(words[1]), connections);
            var duration = TimeSpan.FromMilliseconds(long.Parse(words[2], CultureInfo.InvariantCulture));
            var report = await generator.RunAsync(duration, double.Parse(words[3], CultureInfo.InvariantCulture));
            report.Write();
        });
        foreach (var generator in generators.Values)
            generator.Dispose();
    }

    private static LoadGenerator Connect(Uri application, int connections) => new(
        [.. Enumerable.Range(0, connections).Select(_ => new RequestConnection(application))], streamsPerConnection: 1, itemsPerRequest: 1)
    {
        LeavesOutTimer = true,
    };
}
