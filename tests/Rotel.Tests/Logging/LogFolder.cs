using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rotel.Configuration;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;
using Rotel.Tests.Configuration;

namespace Rotel.Logging;

/// <summary>A directory with a log file, its factory as settings make it, a clock, and what the host heard.</summary>
internal sealed class LogFolder : IDisposable
{
    public TestFiles Files { get; } = new();

    public LogRecorder Host { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, 123, TimeSpan.Zero));

    public string Path => Files.PathOf("rotel.log");

    public string[] Lines => File.ReadAllLines(Path);

    public static RotelPlan PlanOf(params string[] variables) =>
        RotelConfiguration.Load(Sources.Environment(["ROTEL_EXPORTER=blackhole", .. variables]));

    public static JsonElement Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    public ILoggerFactory Create(params string[] variables) => CreateAt(Path, variables);

    public ILoggerFactory CreateAt(string path, params string[] variables)
    {
        var host = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Host));
        return RotelLog.Create(PlanOf([$"ROTEL_LOG_FILE={path}", .. variables]), host, Time);
    }

    public void Dispose() => Files.Dispose();
}
