using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rotel.ClickHouse.TestKit.Engine;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http) over the engine: each request gets a connection of its own
/// with the request's database and settings.
/// </summary>
internal sealed class HttpInterface(ClickHouseEngine engine, ServerUsers users)
{
    // Parameters that are the interface's own; all others are settings of the engine.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "query", "database", "user", "password", "quota_key", "query_id", "default_format", "compress", "decompress", "stacktrace", "role",
        "buffer_size", "wait_end_of_query", "session_id", "session_timeout", "session_check", "close_session", "client_protocol_version",
    };

    /// <summary>Carries a request out; a refusal of the engine is part of the answer.</summary>
    public ServerAnswer Answer(HttpRequest http, ClickHouseRequest request)
    {
        var answer = new ServerAnswer(engine.Version);
        var started = Stopwatch.GetTimestamp();
        try
        {
            Run(http, request, answer);
        }
        catch (ClickHouseEngineException error)
        {
            answer.Error = error;
        }

        answer.Elapsed = Stopwatch.GetElapsedTime(started);
        return answer;
    }

    private void Run(HttpRequest http, ClickHouseRequest request, ServerAnswer answer)
    {
        var parameters = new Dictionary<string, string>(request.Parameters, StringComparer.Ordinal);
        var body = ContentCoding.Decode(request.Headers.GetValueOrDefault("content-encoding"), request.Body);
        if (parameters.GetValueOrDefault("decompress") is "1" or "true")
            body = CompressedFrames.Unpack(body);
        if (http.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) is true)
            body = TakeForm(http.ContentType, body, parameters);

        users.Authenticate(http, parameters);
        answer.QueryId = parameters.GetValueOrDefault("query_id") is { Length: > 0 } id ? id : answer.QueryId;
        answer.Framed = parameters.GetValueOrDefault("compress") is "1" or "true";
        if (parameters.GetValueOrDefault("enable_http_compression") is "1" or "true")
            answer.ContentCoding = ContentCoding.Choose(http.Headers.AcceptEncoding.ToString());

        // The URL's part of a statement and the body's are one text with an end of line between them.
        var query = parameters.GetValueOrDefault("query", string.Empty);
        var statement = SqlStatement.Parse(query.Length == 0 ? body : (byte[])[.. Encoding.UTF8.GetBytes(query), (byte)'\n', .. body]);
        request.Statement = Encoding.UTF8.GetString(statement.Text.Span).Trim();

        using var connection = Open(http, parameters);
        var values = parameters.Where(parameter => parameter.Key.StartsWith("param_", StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Key["param_".Length..], parameter => parameter.Value);
        if (statement.IsInsertWithData)
        {
            answer.Result = connection.Insert(request.Statement, statement.Format!, statement.Data.Span, values);
            return;
        }

        var format = parameters.GetValueOrDefault("default_format") is { Length: > 0 } named ? named
            : http.Headers["X-ClickHouse-Format"] is [{ Length: > 0 } header] ? header
            : "TabSeparated";
        answer.Result = connection.Query(statement.Text.Span, format, values);
        answer.Body = answer.Result.Data;
        answer.Format = statement.Format ?? format;
    }

    private EngineConnection Open(HttpRequest http, Dictionary<string, string> parameters)
    {
        var connection = new EngineConnection(engine);
        try
        {
            var database = parameters.GetValueOrDefault("database") is { Length: > 0 } named
                ? named
                : http.Headers["X-ClickHouse-Database"].ToString();
            if (database.Length > 0)
                connection.Query($"USE {Quoted(database, '`')}");

            var settings = parameters
                .Where(parameter => !Reserved.Contains(parameter.Key) && !parameter.Key.StartsWith("param_", StringComparison.Ordinal))
                .Select(parameter => $"{parameter.Key} = {Quoted(parameter.Value, '\'')}").ToList();

            // A request with GET only reads.
            if (!HttpMethods.IsPost(http.Method) && !parameters.ContainsKey("readonly"))
                settings.Add("readonly = 2");
            if (settings.Count > 0)
                connection.Query($"SET {string.Join(", ", settings)}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Quoted(string value, char quote)
    {
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace($"{quote}", $"\\{quote}", StringComparison.Ordinal);
        return $"{quote}{escaped}{quote}";
    }

    /// <summary>Takes the fields of a form for parameters; what remains as a body is nothing.</summary>
    private static byte[] TakeForm(string contentType, byte[] body, Dictionary<string, string> parameters)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).ToString();
        var reader = new MultipartReader(boundary, new MemoryStream(body));
        while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } section)
        {
            if (section.AsFileSection() is { FileName.Length: > 0 })
                throw new ClickHouseEngineException(48, "NOT_IMPLEMENTED", "External tables are not part of the test kit's HTTP interface");
            var field = section.AsFormDataSection()!;
            parameters[field.Name] = field.GetValueAsync().GetAwaiter().GetResult();
        }

        return [];
    }
}
