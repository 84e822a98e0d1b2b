using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Agent.Tests.Doctor;

public sealed class DoctorInterruptTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interrupt_EndsTheReportWithWhatWasFound()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        using var rotel = new RotelProcess(
            "doctor", $"--otlp-exporter-endpoint={backend.GrpcEndpoint}", "--otlp-exporter-request-timeout=10m");
        await backend.WaitUntilAsync(
            seen => seen.Requests.Any(request => request.Signal == OtlpSignal.Traces), "the test item", Cancellation);

        Assert.Equal(1, await rotel.EndAsync(RotelProcess.Sigint));
        var output = await Watchdog.WaitAsync(rotel.Output.ReadToEndAsync(Cancellation), "the report", Cancellation);
        Assert.Contains("  ok       connect   127.0.0.1:", output, StringComparison.Ordinal);
        Assert.EndsWith($"Interrupted. Nothing had failed until then.{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.Equal("", await rotel.Error.ReadToEndAsync(Cancellation));
    }
}
