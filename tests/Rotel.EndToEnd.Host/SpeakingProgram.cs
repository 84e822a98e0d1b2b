using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Rotel.EndToEnd;

/// <summary>
/// A host, configured by its environment, that ends a span every few milliseconds and says <c>span NAME TIME</c> of each, in unix
/// milliseconds, until it is told how to end: <c>fail-fast</c> or <c>throw</c>. It says <c>ending TIME</c> then, and does.
/// </summary>
public static class SpeakingProgram
{
    public const string Role = "speaking";

    private static readonly ActivitySource Source = new("Rotel.EndToEnd.Speaking");

    public static void Run()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(new LineLogger());
        builder.Services.AddRotel();
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Source.Name).SetSampler(new AlwaysOnSampler()))
            .UseRotel();
        builder.Build().Start();
        new Thread(Speak) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        var ending = Console.ReadLine();
        Console.WriteLine($"ending {Now}");
        switch (ending)
        {
            case "fail-fast":
                Environment.FailFast("as the test wants it");
                break;
            case "throw":
                throw new InvalidOperationException("as the test wants it");
        }
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static void Speak()
    {
        for (var number = 0; ; number++)
        {
            Source.StartActivity($"word/{number}")!.Dispose();
            Console.WriteLine($"span word/{number} {Now}");
            Thread.Sleep(5);
        }
    }
}
