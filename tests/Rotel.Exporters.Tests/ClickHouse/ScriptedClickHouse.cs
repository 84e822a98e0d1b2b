using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>
/// An HTTP server that has tables, takes inserts and creates what it is told to, and that answers inserts as the test says.
/// </summary>
internal sealed class ScriptedClickHouse : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ClickHouseRequest> _requests = [];
    private RawServer _server = null!;

    /// <summary>The tables there are, with the types of their columns.</summary>
    public Dictionary<string, Dictionary<string, string>> Tables { get; } = new(StringComparer.Ordinal);

    public bool HasDatabase { get; set; } = true;

    /// <summary>What answers a request before the server does; null leaves it to the server.</summary>
    public Func<ClickHouseRequest, ClickHouseReply?> Script { get; set; } = _ => null;

    public Uri Endpoint => _server.Endpoint;

    public IReadOnlyList<ClickHouseRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public IReadOnlyList<ClickHouseRequest> Inserts => [.. Requests.Where(request => request.IsInsert)];

    public static async Task<ScriptedClickHouse> StartAsync()
    {
        var server = new ScriptedClickHouse();
        server._server = await RawServer.StartAsync(HttpProtocols.Http1, server.AnswerAsync);
        return server;
    }

    /// <summary>Has the tables that the options describe, with the columns of blocks from <see cref="TestBlocks"/>.</summary>
    public ScriptedClickHouse WithTables(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            Tables[name] = TestBlocks.Columns.ToDictionary(column => column, _ => "String");
        return this;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await RawServer.ReadAsync(context);
        var parameters = QueryHelpers.ParseQuery(context.Request.QueryString.Value)
            .ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());
        var request = new ClickHouseRequest(
            parameters.GetValueOrDefault("query") ?? Encoding.UTF8.GetString(body),
            parameters,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body);
        ClickHouseReply reply;
        lock (_lock)
        {
            _requests.Add(request);
            reply = Script(request) ?? Answer(request);
        }

        await reply.WriteAsync(context);
    }

    private ClickHouseReply Answer(ClickHouseRequest request)
    {
        if (request.Statement.StartsWith("CREATE DATABASE", StringComparison.Ordinal))
        {
            HasDatabase = true;
            return ClickHouseReply.Ok;
        }

        var table = request.Statement.Split("`.`")[1].Split('`')[0];
        if (!HasDatabase)
            return ClickHouseReply.Error(404, 81, "Database otel does not exist. (UNKNOWN_DATABASE)");
        if (request.Statement.StartsWith("CREATE", StringComparison.Ordinal))
        {
            WithTables(table);
            return ClickHouseReply.Ok;
        }

        if (!Tables.TryGetValue(table, out var columns))
            return ClickHouseReply.Error(404, 60, $"Table otel.{table} does not exist. (UNKNOWN_TABLE)");
        return request.IsInsert
            ? ClickHouseReply.Ok
            : new(200, null, string.Concat(columns.Select(column =>
                $$"""{"name":"{{column.Key}}","type":"{{column.Value}}","default_type":"","default_expression":""}{{"\n"}}""")));
    }
}
