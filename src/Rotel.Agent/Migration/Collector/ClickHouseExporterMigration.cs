using System.Text.RegularExpressions;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>clickhouse</c>, which speaks ClickHouse's native protocol where Rotel speaks HTTP.</summary>
internal static partial class ClickHouseExporterMigration
{
    /// <summary>Each has a table of its own, which has its name in the names of settings and, by default, in that of the table.</summary>
    private static readonly string[] MetricKinds = ["gauge", "sum", "summary", "histogram", "exponential_histogram"];

    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        var database = MigrateEndpoint(section, group, context);
        if (section.Has("database"))
            section.Copy("database", group, "database");
        else
            group.Set("database", database ?? "default", section.Place);
        section.Copy(
            group,
            ("username", "user"),
            ("password", "password"),
            ("logs_table_name", "logs_table"),
            ("traces_table_name", "traces_table"));
        var tables = section.Section("metrics_tables");
        foreach (var kind in MetricKinds)
            tables.Section(kind).Copy("name", group, $"metrics_{kind}_table");
        if (section.Has("metrics_table_name"))
            MigrateMetricsPrefix(section, group);

        group.Set("create_schema", section.Word("create_schema") ?? "true", section.PlaceOf("create_schema"));
        MigrateTtl(section, group);
        section.Copy("cluster_name", group, "cluster");
        var engine = section.Section("table_engine");
        if (engine.Word("name") is { } name)
            group.Set("table_engine", engine.Word("params") is { Length: > 0 } parameters ? $"{name}({parameters})" : name, engine.Place);
        section.Copy("async_insert", group, "async_insert");
        if (section.Word("compress") is { } compress)
        {
            if (compress is "lz4" or "zstd" or "none")
                group.Set("compression", compress, section.PlaceOf("compress"));
            else
                section.Leave("compress", $"Rotel does not compress rows with {compress}", "It sends lz4; zstd and none are there, too");
        }

        if (section.Word("json") is { } json)
            group.Set("enable_json", json, section.PlaceOf("json"));
        section.Leave("connection_params", "Rotel sends no settings of the server's", "Set them for the user, in a profile of ClickHouse");
        ClientSettings.MigrateTls(section.Section("tls"), group);
        ClientSettings.MigrateDelivery(section, group, context);
    }

    /// <summary>Returns the database that the address names, if any.</summary>
    private static string? MigrateEndpoint(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        if (section.Text("endpoint") is not { } text)
            return null;
        var place = section.PlaceOf("endpoint");
        var first = text.Literal.Split(',')[0];
        if (text.HasReferences || !Uri.TryCreate(first, UriKind.Absolute, out var uri))
        {
            // The port is that of another protocol; the host is the same.
            var host = HostReference().Match(text.ToShell(hidesLiterals: false));
            group.Set("endpoint", host.Success ? ConfiguredText.Parse($"http://{host.Groups["host"].Value}:8123") : text, place);
            context.Report.Differ(
                place,
                $"what {group.Scope.For("endpoint").Variable} holds must be the URL of ClickHouse's HTTP interface, such as "
                    + "http://clickhouse:8123");
            return null;
        }

        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""), StringComparer.Ordinal);
        var isNative = uri.Scheme is "tcp" or "clickhouse";
        var isSecure = uri.Scheme == "https" || query.Remove("secure", out var secure) && secure == "true";
        var port = !isNative ? uri.Port : isSecure ? 8443 : 8123;
        if (isNative)
        {
            context.Report.Differ(
                place,
                $"Rotel speaks ClickHouse's HTTP interface, whose port is {port} unless the server says otherwise, and not the native one "
                    + $"at {uri.Port}");
        }

        group.Set("endpoint", $"{(isSecure ? "https" : "http")}://{uri.Host}:{port}", place);
        if (text.Literal.Contains(','))
        {
            context.Report.Leave(
                place, "only the first address was taken",
                "List the HTTP interfaces of the others in endpoint as well, separated by commas");
        }

        if (query.Remove("username", out var user))
            group.Set("user", user, place);
        if (query.Remove("password", out var password))
            group.Set("password", password, place);
        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var rest])
        {
            group.Set("user", Uri.UnescapeDataString(name), place);
            if (rest is [var secret])
                group.Set("password", Uri.UnescapeDataString(secret), place);
        }

        query.Remove("database", out var database);
        foreach (var parameter in query.Keys)
        {
            context.Report.Leave(
                place, $"Rotel does not know the parameter {parameter} of the address",
                "Do without it, or set it for the user, in a profile of ClickHouse");
        }

        return database ?? (uri.AbsolutePath.Trim('/') is { Length: > 0 } path ? path : null);
    }

    [GeneratedRegex(@"^(tcp|clickhouse)://(?<host>\$\{\w+\}|[^:/?$]+)")]
    private static partial Regex HostReference();

    /// <summary>The old name is what the names of the tables of metrics begin with.</summary>
    private static void MigrateMetricsPrefix(CollectorSection section, MigratedGroup group)
    {
        var prefix = section.Word("metrics_table_name");
        foreach (var kind in MetricKinds)
            group.Set($"metrics_{kind}_table", $"{prefix}_{kind}", section.PlaceOf("metrics_table_name"));
    }

    private static void MigrateTtl(CollectorSection section, MigratedGroup group)
    {
        if (section.Number("ttl_days") is { } days && days > 0)
            group.Set("ttl", $"{days * 24}h", section.PlaceOf("ttl_days"));
        if (section.Word("ttl") is not (null or "0" or "0s"))
            section.CopyDuration("ttl", group, "ttl");
    }
}
