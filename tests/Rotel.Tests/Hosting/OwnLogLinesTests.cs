using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rotel.Hosting;

public sealed class OwnLogLinesTests
{
    /// <summary>Rotel's lines must not travel through Rotel; an application whose name begins alike keeps its own.</summary>
    [Theory]
    [InlineData("Rotel.Delivery", false)]
    [InlineData("Rotel.Server.Transport", false)]
    [InlineData("Rotelle.Orders", true)]
    [InlineData("Application", true)]
    public void Line_OfCategory_ReachesOpenTelemetryUnlessItIsRotels(string category, bool reaches)
    {
        using var recorder = new OpenTelemetryStandIn();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(recorder)).AddRotel();
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<ILoggerFactory>().CreateLogger(category).Log(LogLevel.Critical, "a line");

        Assert.Equal(reaches, recorder.Count > 0);
    }

    [ProviderAlias("OpenTelemetry")]
    private sealed class OpenTelemetryStandIn : ILoggerProvider, ILogger
    {
        public int Count { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;

        public void Dispose()
        {
        }
    }
}
