using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Receivers.Server;

public sealed class ServerLoggerTests
{
    [Fact]
    public void Log_WarningsOfOneKind_AreOnePerIntervalAndTheRestForDebugging()
    {
        using var log = new LogRecorder();
        using var inner = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var time = new Clock();
        using var factory = new ServerLoggerFactory(inner, time);
        var logger = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Http2");

        Write(LogLevel.Critical, 60);
        Write(LogLevel.Critical, 60);
        Write(LogLevel.Warning, 22);
        Write(LogLevel.Information, 32);
        time.Now += OncePerInterval.Interval;
        Write(LogLevel.Critical, 60);

        Assert.All(log.Lines, line => Assert.Equal("Rotel.Server.Http2", line.Category));
        Assert.Equal(
            [(LogLevel.Critical, 60), (LogLevel.Debug, 60), (LogLevel.Warning, 22), (LogLevel.Debug, 32), (LogLevel.Critical, 60)],
            log.Lines.Select(line => (line.Level, line.EventId)));

        void Write(LogLevel level, int id) => logger.Log(level, new EventId(id), "line", null, (state, _) => state);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
