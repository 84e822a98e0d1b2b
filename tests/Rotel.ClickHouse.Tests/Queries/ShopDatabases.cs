using Rotel.ClickHouse.Rows;
using Rotel.ClickHouse.TestKit.Server;

namespace Rotel.ClickHouse.Queries;

/// <summary>Databases with the <see cref="ShopTelemetry"/>, in either form, filled by a Rotel when first asked for.</summary>
public sealed class ShopDatabases : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<AttributeForm, ClickHouseDatabase> _databases = [];

    internal async Task<ClickHouseDatabase> GetAsync(AttributeForm form)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_databases.TryGetValue(form, out var filled))
                return filled;

            var database = await ClickHouseDatabase.CreateAsync(TestContext.Current.CancellationToken);
            _databases.Add(form, database);
            await using var agent = await ClickHouseAgent.StartAsync(database, form);
            await agent.SendAsync(new ShopTelemetry().Requests());
            await agent.FlushAsync();
            return database;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
            await database.DisposeAsync();
        _gate.Dispose();
    }
}
