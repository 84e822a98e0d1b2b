using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Rotel.ClickHouse.Rows;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.EndToEnd;
using Rotel.Exporters.ClickHouse;
using Rotel.TestKit;

namespace Rotel.ClickHouse;

/// <summary>A Rotel that writes everything it gets into one database, and a sender that knows what was acknowledged.</summary>
internal sealed class ClickHouseAgent : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private ClickHouseAgent(RotelAgent agent) => Agent = agent;

    public RotelAgent Agent { get; }

    /// <summary>Starts one whose exporter creates the tables it misses.</summary>
    /// <param name="database">Where rows go.</param>
    /// <param name="form">How attributes are kept.</param>
    /// <param name="configure">Adjusts the exporter.</param>
    /// <param name="all">Adjusts everything else.</param>
    /// <param name="loggers">Where it logs to.</param>
    /// <param name="name">What the exporter is called.</param>
    public static async Task<ClickHouseAgent> StartAsync(
        ClickHouseDatabase database,
        AttributeForm form = AttributeForm.Map,
        Action<ClickHouseExporterOptions>? configure = null,
        Action<RotelOptions>? all = null,
        ILoggerFactory? loggers = null,
        string name = "tables") => new(await TestAgent.StartAsync(
            options =>
            {
                options.Exporters.AddClickHouse(name, exporter =>
                {
                    exporter.Endpoints.Add(database.Endpoint);
                    exporter.Database = database.Name;
                    exporter.User = database.User;
                    exporter.Password = database.Password;
                    exporter.CreateSchema = true;
                    exporter.EnableJson = form == AttributeForm.Json;
                    exporter.RequestTimeout = TimeSpan.FromSeconds(30);
                    configure?.Invoke(exporter);
                });
                all?.Invoke(options);
            },
            loggers));

    /// <summary>Sends an Export request and returns the status of the answer.</summary>
    public async Task<int> PostAsync(IMessage request, ReadOnlyMemory<byte>? encoded = null)
    {
        using var content = new ReadOnlyMemoryContent(encoded ?? request.ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        var signal = request.Descriptor.Name switch
        {
            "ExportTraceServiceRequest" => "traces",
            "ExportMetricsServiceRequest" => "metrics",
            _ => "logs",
        };
        using var response = await _http.PostAsync(
            new Uri(Agent.HttpUri(), $"v1/{signal}"), content, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Sends requests that must be accepted.</summary>
    public async Task SendAsync(params IEnumerable<IMessage> requests)
    {
        foreach (var request in requests)
            Assert.Equal(200, await PostAsync(request));
    }

    /// <summary>Waits until nothing is under way any more.</summary>
    public Task FlushAsync() => Watchdog.WaitAsync(
        Agent.FlushAsync(TestContext.Current.CancellationToken), "everything was settled", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Agent.DisposeAsync();
    }
}
