using System.Text;
using Microsoft.Extensions.Logging;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>
/// The parameters of inserts. Not every version of ClickHouse knows all of them, and not every user may set them: what a server refuses is
/// left out from then on. Thread-safe.
/// </summary>
internal sealed class InsertSettings
{
    public const string Token = "insert_deduplication_token";

    private const string DeduplicateInViews = "deduplicate_blocks_in_dependent_materialized_views";

    /// <summary>In the order in which one is left out where a refusal names several.</summary>
    private readonly (string Name, string Value)[] _all;

    private readonly string _exporter;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private HashSet<string> _leftOut = [];

    /// <param name="options">Of the exporter.</param>
    /// <param name="exporter">Its name.</param>
    /// <param name="logger">Where it is said what is left out.</param>
    public InsertSettings(ClickHouseExporterOptions options, string exporter, ILogger logger)
    {
        _exporter = exporter;
        _logger = logger;

        // The view that fills the lookup table of trace ids sees an insert that is repeated, too.
        var settings = new List<(string, string)> { (DeduplicateInViews, "1") };
        if (options.AsyncInsert)
            settings.Add(("async_insert_deduplicate", "1"));

        // Also where inserts are not to be asynchronous: the server's own settings may make them so, and an answer must mean written.
        settings.Add(("wait_for_async_insert", "1"));
        settings.Add(("async_insert", options.AsyncInsert ? "1" : "0"));
        if (options.EnableJson)
            settings.Add(("allow_experimental_json_type", "1"));
        _all = [.. settings];
    }

    /// <summary>The parameters for a piece, each with <c>&amp;</c> before it.</summary>
    public string Query(string token)
    {
        var query = new StringBuilder();
        var leftOut = Volatile.Read(ref _leftOut);
        foreach (var (name, value) in _all)
        {
            if (!leftOut.Contains(name))
                query.Append('&').Append(name).Append('=').Append(value);
        }

        if (!leftOut.Contains(Token))
            query.Append('&').Append(Token).Append('=').Append(token);
        return query.ToString();
    }

    /// <summary>
    /// Leaves out a parameter that a refusal names and that the refused request had; false when there is none, so
    /// that the same request would only be refused again.
    /// </summary>
    /// <param name="refusal">What the server says.</param>
    /// <param name="query">The parameters that were sent.</param>
    public bool LeaveOut(in ServerAnswer refusal, string query)
    {
        foreach (var name in _all.Select(setting => setting.Name).Append(Token))
        {
            if (!Names(refusal.Text, name) || !query.Contains($"&{name}=", StringComparison.Ordinal))
                continue;

            bool isNew;
            lock (_lock)
            {
                isNew = !_leftOut.Contains(name);
                if (isNew)
                    Volatile.Write(ref _leftOut, [.. _leftOut, name]);
            }

            if (isNew)
                _logger.SettingLeftOut(_exporter, name, ConsequenceOf(name), refusal.Message);
            return true;
        }

        return false;
    }

    private static string ConsequenceOf(string name) => name switch
    {
        DeduplicateInViews => "an insert that is repeated may write its rows into materialized views, such as that of trace ids, again",
        Token => "an insert that is repeated is known again by its bytes, where the table remembers any",
        "async_insert_deduplicate" => "an insert that is repeated because its answer was lost may write its rows again",
        "wait_for_async_insert" => "whether the server answers before or after it has written the rows is up to its own settings",
        "async_insert" => "whether inserts are asynchronous is up to the server's own settings",
        _ => "the server's own settings apply",
    };

    /// <summary>Whether a text has the name as a word of its own: one is the beginning of another.</summary>
    private static bool Names(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if ((at == 0 || !IsNamePart(text[at - 1])) && (end == text.Length || !IsNamePart(text[end])))
                return true;
        }

        return false;

        static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
    }
}
