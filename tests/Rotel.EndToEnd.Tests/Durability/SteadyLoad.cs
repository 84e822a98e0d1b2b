using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>Spans of the standard load at a steady rate, over a few connections; what a slow moment missed is made up for.</summary>
internal sealed class SteadyLoad : IDisposable
{
    private const int Connections = 4;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly StandardLoad[] _loads = [.. Enumerable.Range(0, Connections + 1).Select(seed => new StandardLoad(seed))];
    private readonly Uri _traces;
    private int _acknowledged;
    private int _refused;

    public SteadyLoad(Uri http) => _traces = new Uri(http, "v1/traces");

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Sends at a rate for a while.</summary>
    public Task RunAsync(int spansPerSecond, TimeSpan duration) => Task.WhenAll(
        _loads[..Connections].Select(load => Task.Run(() => RunAsync(load, spansPerSecond / Connections, duration))));

    /// <summary>Sends a single span; its id when it is acknowledged.</summary>
    public async Task<ulong> SendOneAsync()
    {
        var request = _loads[Connections].Traces(1);
        Assert.True(await TrySendAsync(request, 1));
        return ulong.Parse(OtlpItems.Keys(request).Single(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();

    private async Task RunAsync(StandardLoad load, int spansPerSecond, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var total = (int)(duration.TotalSeconds * spansPerSecond);
        for (var sent = 0; sent < total;)
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds * spansPerSecond < sent + StandardLoad.ItemsPerRequest)
            {
                await Task.Delay(Tick, TestContext.Current.CancellationToken);
                continue;
            }

            await TrySendAsync(load.Traces(), StandardLoad.ItemsPerRequest);
            sent += StandardLoad.ItemsPerRequest;
        }
    }

    private async Task<bool> TrySendAsync(IMessage request, int spans)
    {
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await _http.PostAsync(_traces, content, TestContext.Current.CancellationToken);
        var isTaken = response.StatusCode == HttpStatusCode.OK;
        Interlocked.Add(ref isTaken ? ref _acknowledged : ref _refused, spans);
        return isTaken;
    }
}
