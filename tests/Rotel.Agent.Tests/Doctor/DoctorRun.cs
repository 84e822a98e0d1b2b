using System.Text.Json;

namespace Rotel.Agent.Tests.Doctor;

/// <summary>One call of <c>rotel doctor</c>: what it printed and how it ended.</summary>
internal sealed record DoctorRun(int ExitCode, string Output, string Error)
{
    /// <summary>With ports that are free, so that only what a test is about can fail.</summary>
    public static Task<DoctorRun> Of(params string[] flags) => OnPort("127.0.0.1:0", flags);

    /// <param name="grpc">Where OTLP over gRPC would be received.</param>
    /// <param name="flags">All others.</param>
    public static async Task<DoctorRun> OnPort(string grpc, params string[] flags)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var exit = await RotelCommand.RunAsync(
            ["doctor", $"--otlp-grpc-endpoint={grpc}", "--otlp-http-endpoint=127.0.0.1:0", .. flags], output, error);
        return new DoctorRun(exit, output.ToString(), error.ToString());
    }

    /// <summary>The checks of a report in JSON, as <c>status check: found | advice</c>.</summary>
    public IReadOnlyList<string> Checks
    {
        get
        {
            using var report = JsonDocument.Parse(Output);
            return
            [
                .. report.RootElement.GetProperty("checks").EnumerateArray().Select(check =>
                    $"{Text(check, "status")} {Text(check, "check")}: {Text(check, "found")}"
                    + (check.TryGetProperty("advice", out var advice) ? $" | {advice.GetString()}" : "")),
            ];
        }
    }

    /// <summary>The one check that begins so.</summary>
    public string Check(string beginning)
    {
        var checks = Checks.Where(check => check.StartsWith(beginning, StringComparison.Ordinal)).ToArray();
        Assert.True(checks.Length == 1, $"'{beginning}…' among:\n{string.Join('\n', Checks)}\n{Error}");
        return checks[0];
    }

    private static string? Text(JsonElement check, string name) => check.GetProperty(name).GetString();
}
