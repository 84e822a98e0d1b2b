using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Durability;
using Rotel.HandOff;
using Rotel.Otlp;

namespace Rotel.Tests.Configuration;

/// <summary>Where everything is written before it is acknowledged, the SDK holds little that a sudden end could take.</summary>
public sealed class SdkBatchDelayTests
{
    private const string OfSpans = SdkBatchDelay.OfSpans;
    private const string OfLogRecords = SdkBatchDelay.OfLogRecords;

    [Fact]
    public void SdkMilliseconds_AreTheDefaultOfTheSdk()
    {
        Assert.Equal(SdkBatchDelay.SdkMilliseconds, SpanDelay(DiskQueueMode.Off));
        Assert.Equal(SdkBatchDelay.SdkMilliseconds, LogDelay(DiskQueueMode.Off));
    }

    [Theory]
    [InlineData(DiskQueueMode.Off, SdkBatchDelay.SdkMilliseconds)]
    [InlineData(DiskQueueMode.Spill, SdkBatchDelay.SdkMilliseconds)]
    [InlineData(DiskQueueMode.Always, SdkBatchDelay.ShortMilliseconds)]
    public void Delay_NothingSaid_IsShortWhereEverythingIsWritten(DiskQueueMode mode, int expected)
    {
        Assert.Equal(expected, SpanDelay(mode));
        Assert.Equal(expected, LogDelay(mode));
    }

    [Theory]
    [InlineData("700", 700)]
    [InlineData("5000", 5000)]
    [InlineData("soon", SdkBatchDelay.ShortMilliseconds)]
    public void Delay_InTheEnvironment_IsLeftAlone(string value, int expected)
    {
        Assert.Equal(expected, SpanDelay(DiskQueueMode.Always, $"{OfSpans}={value}"));
        Assert.Equal(expected, LogDelay(DiskQueueMode.Always, $"{OfLogRecords}={value}"));
        Assert.Equal(SdkBatchDelay.ShortMilliseconds, SpanDelay(DiskQueueMode.Always, $"{OfLogRecords}={value}"));
        Assert.Equal(SdkBatchDelay.ShortMilliseconds, LogDelay(DiskQueueMode.Always, $"{OfSpans}={value}"));
    }

    [Fact]
    public void Delay_InCode_IsLeftAlone()
    {
        Assert.Equal(900, SpanDelay(
            DiskQueueMode.Always,
            configure: services => services.Configure<BatchExportActivityProcessorOptions>(options => options.ScheduledDelayMilliseconds = 900)));
        Assert.Equal(900, LogDelay(
            DiskQueueMode.Always,
            configure: services => services.Configure<LogRecordExportProcessorOptions>(
                options => options.BatchExportProcessorOptions.ScheduledDelayMilliseconds = 900)));
    }

    /// <summary>What is not written is lost all the same.</summary>
    [Fact]
    public void Delay_OfASignalThatIsNotWritten_IsTheSdks()
    {
        var plan = Plan(
            DiskQueueMode.Always, "ROTEL_EXPORTERS=kept:blackhole,left:blackhole", "ROTEL_EXPORTERS_TRACES=kept", "ROTEL_EXPORTERS_LOGS=left",
            "ROTEL_EXPORTER_LEFT_DISK_QUEUE=false");

        Assert.Equal(SdkBatchDelay.ShortMilliseconds, SpanDelay(plan));
        Assert.Equal(SdkBatchDelay.SdkMilliseconds, LogDelay(plan));
    }

    private static int SpanDelay(DiskQueueMode mode, string? variable = null, Action<IServiceCollection>? configure = null) =>
        SpanDelay(Plan(mode, "ROTEL_EXPORTER=blackhole"), variable, configure);

    private static int LogDelay(DiskQueueMode mode, string? variable = null, Action<IServiceCollection>? configure = null) =>
        LogDelay(Plan(mode, "ROTEL_EXPORTER=blackhole"), variable, configure);

    /// <summary>What a provider of the SDK would be told.</summary>
    private static int SpanDelay(RotelPlan plan, string? variable = null, Action<IServiceCollection>? configure = null)
    {
        var delay = 0;
        using var provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => Configure(services, variable, configure))
            .AddProcessor(services =>
            {
                var options = services.GetRequiredService<IOptionsMonitor<ActivityExportProcessorOptions>>().CurrentValue;
                delay = SdkBatchDelay.Of<Activity>(plan, OtlpSignal.Traces, options.BatchExportProcessorOptions, services);
                return new UnwantedActivities();
            })
            .Build();
        return delay;
    }

    private static int LogDelay(RotelPlan plan, string? variable = null, Action<IServiceCollection>? configure = null)
    {
        var delay = 0;
        var host = new ServiceCollection();
        Configure(host, variable, configure);
        host.AddOpenTelemetry().WithLogging(logging => logging.AddProcessor(services =>
        {
            var options = services.GetRequiredService<IOptionsMonitor<LogRecordExportProcessorOptions>>().CurrentValue;
            delay = SdkBatchDelay.Of<LogRecord>(plan, OtlpSignal.Logs, options.BatchExportProcessorOptions, services);
            return new UnwantedLogRecords();
        }));
        using var provider = host.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<LoggerProvider>());
        return delay;
    }

    /// <summary>Not the real environment.</summary>
    private static void Configure(IServiceCollection services, string? variable, Action<IServiceCollection>? configure)
    {
        KeyValuePair<string, string?>[] said = variable?.Split('=') is [var name, var value] ? [new(name, value)] : [];
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(said).Build());
        configure?.Invoke(services);
    }

    private static RotelPlan Plan(DiskQueueMode mode, params string[] variables) =>
        RotelConfiguration.Load(Sources.Environment(variables), options =>
        {
            options.DiskQueue.Mode = mode;
            options.DiskQueue.Directory = mode == DiskQueueMode.Off ? null : "rotel-is-not-started-here";
        });
}
