using System.Diagnostics;
using System.Globalization;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>An application that ends as suddenly as can be leaves what it said before, but for its last quarter of a second.</summary>
[Collection(ProcessWide.Name)]
public sealed class LastWordsTests
{
    private const long Lag = 250;
    private const int Aborted = 134;
    private const int Killed = 137;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("fail-fast", Aborted)]
    [InlineData("throw", Aborted)]
    [InlineData("kill", Killed)]
    public async Task Application_EndsSuddenlyWithADeadBackend_NextStartDeliversWhatItSaid(string ending, int exitCode)
    {
        using var nobody = new HeldPort();
        await using var durable = new DurableRotel(
            ("ROTEL_DISK_QUEUE", "always"),
            ("ROTEL_OTLP_GRPC_ENDPOINT", "none"),
            ("ROTEL_OTLP_HTTP_ENDPOINT", "none"),
            ("ROTEL_DRAIN_TIMEOUT", "1s"),
            ("ROTEL_EXPORTER", "otlp"),
            ("ROTEL_OTLP_EXPORTER_PROTOCOL", "http"),
            ("ROTEL_OTLP_EXPORTER_ENDPOINT", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{nobody.Port}")));
        await using var application = new ChildProcess(
            new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, SpeakingProgram.Role]), durable.Environment);
        await application.LineAsync("span ", occurrence: 200);

        long end;
        if (ending == "kill")
        {
            end = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            application.Kill();
        }
        else
        {
            application.Write(ending);
            end = Number((await application.LineAsync("ending ")).Split(' ')[1]);
        }

        Assert.Equal(exitCode, await application.ExitAsync());
        var said = application.Lines.Select(line => line.Split(' ')).Where(words => words is ["span", _, _]).ToArray();
        string[] due = [.. said.Where(words => Number(words[2]) < end - Lag).Select(words => words[1])];
        Assert.NotEmpty(due);

        await using var backend = await OtlpBackend.StartAsync(Token);
        durable.Environment["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString();
        var next = await durable.StartAsync();
        await backend.WaitForItemsAsync(OtlpSignal.Traces, due.Length, Token);
        await DurableRotel.StopAsync(next);
        var arrived = SpanNames.KeptBy(backend);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{said.Length} spans ended, {due.Length} of them more than {Lag} ms before the end; {arrived.Count} arrived");
        Assert.Empty(due.Except(arrived));
        Assert.Equal(0, ItemLedger.Duplicates(backend, OtlpSignal.Traces));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
