using System.Text.RegularExpressions;
using Rotel.Agent;

namespace Rotel.EndToEnd;

/// <summary>The command <c>rotel start</c>, on free ports.</summary>
internal sealed partial class RotelProcess : IAsyncDisposable
{
    private RotelProcess(ChildProcess process, Uri grpc, Uri http) => (Process, Grpc, Http) = (process, grpc, http);

    public ChildProcess Process { get; }

    public Uri Grpc { get; }

    public Uri Http { get; }

    /// <summary>Where it tells its status; null unless it was set to.</summary>
    public Uri? Status { get; private init; }

    public static async Task<RotelProcess> StartAsync(Dictionary<string, string> environment)
    {
        environment["ROTEL_OTLP_GRPC_ENDPOINT"] = "127.0.0.1:0";
        environment["ROTEL_OTLP_HTTP_ENDPOINT"] = "127.0.0.1:0";
        var process = new ChildProcess(typeof(RotelCommand).Assembly.Location, environment, "start");
        var endpoints = Endpoint().Matches(await process.LineAsync("rotel is ready"));
        return new RotelProcess(process, new Uri($"http://{endpoints[0].Value}"), new Uri($"http://{endpoints[1].Value}"))
        {
            Status = endpoints.Count > 2 ? new Uri($"http://{endpoints[2].Value}") : null,
        };
    }

    /// <summary>What its last lines say became of the traces.</summary>
    public (long Accepted, long Delivered, long Dropped, long Held) FinalTotals()
    {
        var totals = Totals().Match(Process.Lines.Last(line => line.Contains("Stopped exporter", StringComparison.Ordinal)
            && line.Contains("for traces", StringComparison.Ordinal)));
        return (Number(1), Number(2), Number(3), Number(4));

        long Number(int group) => long.Parse(totals.Groups[group].Value, null);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"accepted (\d+) items, delivered (\d+), dropped (\d+), still held (\d+)")]
    private static partial Regex Totals();
}
