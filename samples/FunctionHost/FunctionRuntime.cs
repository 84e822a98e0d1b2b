using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel;
using Rotel.Exporters.Otlp;

namespace FunctionHost;

/// <summary>
/// A function runtime as cloud platforms know it: it asks for the next invocation, runs the function, and answers. From the answer to the
/// next invocation the process is frozen, and it may be killed without being thawed: what is not delivered by the answer may never be.
/// </summary>
internal static class FunctionRuntime
{
    /// <summary>What the answer itself needs of the time that is left.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(100);

    public static ActivitySource Source { get; } = new("FunctionHost");

    public static async Task RunAsync(Uri platform, Uri backend, Func<string, Task<string>> function)
    {
        await using var agent = await RotelAgent.StartAsync(rotel =>
        {
            rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = null;
            rotel.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = backend;
                exporter.Protocol = OtlpProtocol.Http;
                exporter.Compression = OtlpCompression.None;
            });
        });
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(Source.Name).AddRotelExporter(agent).Build();
        using var client = new HttpClient { BaseAddress = platform };
        while (true)
        {
            using var invocation = await client.GetAsync("/invocation/next");
            if (!invocation.IsSuccessStatusCode)
                return;

            var milliseconds = invocation.Headers.GetValues("Time-Left-Ms").Single();
            var timeLeft = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));
            string answer;
            using (Source.StartActivity("invocation", ActivityKind.Server))
                answer = await function(await invocation.Content.ReadAsStringAsync());

            // Before the answer, for after it there is no time at all. What does not arrive by then is kept for the next invocation.
            if (timeLeft > Reserve && !await agent.TryFlushAsync(timeLeft - Reserve))
                Console.Error.WriteLine("Telemetry of this invocation will be late.");

            using var answered = await client.PostAsync("/invocation/answer", new StringContent(answer));
        }
    }
}
