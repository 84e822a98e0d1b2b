using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// A database of its own for a test, dropped at the end: on the engine in this process, or with
/// <c>ROTEL_TEST_CLICKHOUSE=http://[user:password@]host:8123</c> on that server. Speaks HTTP through a client of its own, past any script.
/// </summary>
public sealed class ClickHouseDatabase : IAsyncDisposable
{
    /// <summary>The variable that names a real server.</summary>
    public const string Variable = "ROTEL_TEST_CLICKHOUSE";

    private readonly HttpClient? _client;
    private readonly bool _ownsServer;

    private ClickHouseDatabase(Uri endpoint, ClickHouseServer? server, bool ownsServer)
    {
        (User, Password) = endpoint.UserInfo.Split(':') switch
        {
            [{ Length: > 0 } user, var password] => (Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)),
            [{ Length: > 0 } user] => (Uri.UnescapeDataString(user), string.Empty),
            _ => ("default", string.Empty),
        };
        Endpoint = new UriBuilder(endpoint) { UserName = string.Empty, Password = string.Empty }.Uri;
        Server = server;
        _ownsServer = ownsServer;
        if (server is not null)
            return;

        _client = new HttpClient();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
    }

    /// <summary>Where the server is, without credentials.</summary>
    public Uri Endpoint { get; }

    /// <summary>Who may use it.</summary>
    public string User { get; }

    /// <summary>The user's password.</summary>
    public string Password { get; }

    /// <summary>The name of the database.</summary>
    public string Name { get; } = $"test_{Guid.NewGuid():N}";

    /// <summary>The server of this process; null on a real one.</summary>
    public ClickHouseServer? Server { get; }

    /// <summary>A fresh database on the engine or on the server that <see cref="Variable"/> names. For tests that need no faults.</summary>
    public static async Task<ClickHouseDatabase> CreateAsync(CancellationToken cancellation)
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(named)
            ? await CreateAsync(null, await ClickHouseServer.StartAsync(cancellation), ownsServer: true, cancellation)
            : await CreateAsync(new Uri(named), null, ownsServer: false, cancellation);
    }

    internal static Task<ClickHouseDatabase> CreateAsync(Uri endpoint, ClickHouseServer? server, CancellationToken cancellation) =>
        CreateAsync(endpoint, server, ownsServer: false, cancellation);

    /// <summary>A statement; what it answers as text, without the last end of line.</summary>
    /// <exception cref="ClickHouseEngineException">ClickHouse refuses it.</exception>
    public async Task<string> QueryAsync(string sql, string format = "TabSeparated", CancellationToken cancellation = default)
    {
        if (_client is null)
        {
            return await Task.Run(
                () =>
                {
                    using var connection = new EngineConnection(ClickHouseEngine.Shared);
                    connection.Query($"USE {Name}");
                    return connection.Query(sql, format).Text;
                },
                cancellation);
        }

        using var content = new StringContent(sql);
        var target = new Uri(Endpoint, $"/?database={Name}&default_format={format}");
        using var response = await _client.PostAsync(target, content, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode ? text.TrimEnd('\n') : throw new ClickHouseEngineException(text);
    }

    /// <summary>The rows of a query, one JSON object each. Numbers are numbers, also 64-bit ones; NaN and infinities are strings.</summary>
    public async Task<IReadOnlyList<JsonElement>> RowsAsync(string sql, CancellationToken cancellation = default)
    {
        var text = await QueryAsync(
            $"{sql} SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 1",
            "JSONEachRow", cancellation);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The one value of a query that counts.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellation = default) =>
        long.Parse(await QueryAsync(sql, cancellation: cancellation), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        _client?.Dispose();
        if (_ownsServer)
            await Server!.DisposeAsync();
    }

    private static async Task<ClickHouseDatabase> CreateAsync(
        Uri? endpoint, ClickHouseServer? server, bool ownsServer, CancellationToken cancellation)
    {
        var database = new ClickHouseDatabase(endpoint ?? server!.Endpoint, server, ownsServer);
        await database.RunOutsideAsync($"CREATE DATABASE {database.Name}", cancellation);
        return database;
    }

    private Task DropAsync() => RunOutsideAsync($"DROP DATABASE IF EXISTS {Name} SYNC", CancellationToken.None);

    private async Task RunOutsideAsync(string sql, CancellationToken cancellation)
    {
        if (_client is null)
        {
            await Task.Run(() => ClickHouseEngine.Shared.Query(sql), cancellation);
            return;
        }

        using var content = new StringContent(sql);
        using var response = await _client.PostAsync(Endpoint, content, cancellation);
        if (!response.IsSuccessStatusCode)
            throw new ClickHouseEngineException(await response.Content.ReadAsStringAsync(cancellation));
    }
}
