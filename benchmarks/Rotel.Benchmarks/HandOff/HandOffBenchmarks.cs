using BenchmarkDotNet.Attributes;
using Rotel.HandOff;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.HandOff;

/// <summary>
/// What the SDK's exporter thread waits for when it hands a batch over: copy, envelope walk, admission. Figures are per export of 512 spans,
/// the SDK's default batch. What happens behind (batching, encoding, sending) is other threads'.
/// </summary>
public class HandOffBenchmarks
{
    private const int SpansPerExport = 512;
    private const int Exports = 32;

    private RotelAgent _agent = null!;
    private HttpMessageInvoker _handOff = null!;
    private byte[][] _bodies = [];

    [GlobalSetup]
    public async Task Setup()
    {
        var load = new StandardLoad();
        _bodies = [.. Enumerable.Range(0, Exports).Select(_ => load.Encode(OtlpSignal.Traces, SpansPerExport))];
        _agent = await RotelAgent.StartAsync(options =>
        {
            options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = "none";
            options.Exporters.AddBlackhole("blackhole");
        });
        _handOff = new HttpMessageInvoker(new HandOffHandler(_agent.Collector!.HandOff, OtlpSignal.Traces, TimeSpan.FromSeconds(10)));
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _handOff.Dispose();
        await _agent.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Exports)]
    public void Export()
    {
        foreach (var body in _bodies)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://rotel.invalid/") { Content = new ByteArrayContent(body) };
            using var response = _handOff.Send(request, CancellationToken.None);
            response.EnsureSuccessStatusCode();
        }
    }
}
