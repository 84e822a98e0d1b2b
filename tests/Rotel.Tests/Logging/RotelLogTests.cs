using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.Tests.Configuration;

namespace Rotel.Logging;

public sealed class RotelLogTests : IDisposable
{
    private readonly LogFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning })]
    [InlineData("ROTEL_LOG_LEVEL=information", new[] { LogLevel.Information, LogLevel.Warning })]
    [InlineData("ROTEL_LOG_LEVEL=trace", new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning })]
    [InlineData("ROTEL_LOG_LEVEL=warning", new[] { LogLevel.Warning })]
    [InlineData("ROTEL_LOG_LEVEL=none", new LogLevel[0])]
    public void HostsLog_GetsWhatTheLevelLetsThrough(string? variable, LogLevel[] expected)
    {
        var host = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_folder.Host));
        using var factory = RotelLog.Create(LogFolder.PlanOf(variable is null ? [] : [variable]), host);
        var logger = factory.CreateLogger("Rotel.Anything");
        foreach (var level in new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning })
        {
            Assert.Equal(expected.Contains(level), logger.IsEnabled(level));
            logger.Log(level, "a message");
        }

        Assert.Equal(expected, _folder.Host.Lines.Select(line => line.Level));
    }

    [Fact]
    public void File_GetsWhatTheLevelLetsThroughAndTheHostNothing()
    {
        using (var factory = _folder.Create("ROTEL_LOG_LEVEL=debug"))
        {
            foreach (var level in Enum.GetValues<LogLevel>())
                factory.CreateLogger("Rotel").Log(level, "a message");
        }

        Assert.Equal(["debug", "info", "warn", "error", "fatal"], _folder.Lines.Select(line => line.Split(' ')[1]));
        Assert.Empty(_folder.Host.Lines);
    }

    [Theory]
    [InlineData("ROTEL_LOG_FORMAT=json", "Rotel:LogFormat (ROTEL_LOG_FORMAT): has no effect", "Rotel:LogFile (ROTEL_LOG_FILE)")]
    public void Format_WithoutAFile_IsAWarningInALibraryOnly(string variable, string beginning, string fix)
    {
        var sources = Sources.Environment("ROTEL_EXPORTER=blackhole", variable);

        var warning = Assert.Single(RotelConfiguration.Load(sources).Warnings);
        Assert.StartsWith(beginning, warning, StringComparison.Ordinal);
        Assert.Contains(fix, warning, StringComparison.Ordinal);
        Assert.Empty(RotelConfiguration.Load(sources with { IsCommand = true }).Warnings);
        Assert.Empty(LogFolder.PlanOf(variable, $"ROTEL_LOG_FILE={_folder.Path}").Warnings);
    }

    [Theory]
    [InlineData("ROTEL_LOG_FORMAT=xml", "Rotel:LogFormat (ROTEL_LOG_FORMAT): expected one of text, json.")]
    [InlineData("ROTEL_LOG_LEVEL=loud", "Rotel:LogLevel (ROTEL_LOG_LEVEL): expected one of trace")]
    [InlineData("ROTEL_LOG_FILE=/tmp/", "Rotel:LogFile (ROTEL_LOG_FILE): '/tmp/' is a directory; add the name of a file.")]
    public void Setting_ThatIsWrong_IsAnError(string variable, string beginning) => Assert.StartsWith(
        beginning, Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", variable)), StringComparison.Ordinal);

    [Fact]
    public void Code_ThatSetsWhatIsNone_IsToldSo() => Assert.Equal(
        2,
        Sources.ErrorsOf(
            Sources.Environment("ROTEL_EXPORTER=blackhole"),
            options =>
            {
                options.Log.Format = (RotelLogFormat)7;
                options.Log.Level = (LogLevel)9;
            }).Count);

    /// <summary>The debug log reaches the file, whoever asked for both, and the host hears nothing of it.</summary>
    [Theory]
    [InlineData("environment", "text", "basic")]
    [InlineData("flags", "json", "basic")]
    [InlineData("code", "text", "detailed")]
    [InlineData("environment", "json", "detailed")]
    public async Task DebugLog_ReachesTheFile(string source, string format, string verbosity)
    {
        string[] settings =
        [
            "EXPORTER=blackhole", $"LOG_FILE={_folder.Path}", $"LOG_FORMAT={format}", "DEBUG_LOG=traces",
            $"DEBUG_LOG_VERBOSITY={verbosity}",
            "OTLP_GRPC_ENDPOINT=127.0.0.1:0", "OTLP_HTTP_ENDPOINT=127.0.0.1:0",
        ];
        var plan = source switch
        {
            "environment" => RotelConfiguration.Load(Sources.Environment([.. settings.Select(setting => $"ROTEL_{setting}")])),
            "flags" => RotelConfiguration.Load(
                Sources.Flags([.. settings.Select(FlagOf)])),
            _ => RotelConfiguration.Load(RotelSources.None, options =>
            {
                options.Exporters.AddBlackhole("nowhere");
                options.Log.File = _folder.Path;
                options.Log.Format = Enum.Parse<RotelLogFormat>(format, ignoreCase: true);
                options.DebugLog.Signals.Add(OtlpSignal.Traces);
                options.DebugLog.Verbosity = Enum.Parse<DebugLogVerbosity>(verbosity, ignoreCase: true);
                options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = "127.0.0.1:0";
            }),
        };
        using var host = LoggerFactory.Create(logging => logging.AddProvider(_folder.Host));
        await using (var agent = await RotelAgent.StartAsync(plan, host, Cancellation))
        {
            using var source1 = new ActivitySource($"Rotel.Tests.{Guid.NewGuid()}");
            using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(source1.Name).AddRotelExporter(agent).Build();
            source1.StartActivity("the-span")!.Dispose();
            Assert.True(tracing.ForceFlush());
            await Watchdog.WaitAsync(agent.FlushAsync(Cancellation), "the span", Cancellation);
        }

        var text = File.ReadAllText(_folder.Path);
        var expected = verbosity == "basic" ? "Received traces: 1 resources, 1 spans" : "the-span";
        if (format == "json")
        {
            var messages = text.Split('\n')[..^1].Select(LogFolder.Read).ToArray();
            text = messages.Single(line => line.GetProperty("category").GetString() == "Rotel.Debug").GetProperty("message").GetString();
        }
        else
        {
            Assert.Matches(@"(?m)^\S+Z info  Rotel\.Debug\[300[13]\] Received traces", text);
        }

        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Host.Lines, line => line.Category.StartsWith("Rotel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_WithALogFile_KeepsItsOwnLogForItself()
    {
        using (var host = await StartHostAsync())
            await host.StopAsync(Cancellation);

        Assert.Contains("Stopped exporter 'nowhere'", File.ReadAllText(_folder.Path), StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Host.Lines, line => line.Category.StartsWith("Rotel", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<IHost> StartHostAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(_folder.Host);
        builder.Services.AddRotel(options =>
        {
            options.Exporters.AddBlackhole("nowhere");
            options.Log.File = _folder.Path;
            options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = "127.0.0.1:0";
        });
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private static string FlagOf(string setting) =>
        $"--{setting.Split('=')[0].Replace('_', '-').ToLowerInvariant()}={setting.Split('=')[1]}";
}
