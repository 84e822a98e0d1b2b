using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporters <c>otlp</c> (gRPC) and <c>otlphttp</c>.</summary>
internal static class OtlpExporterMigration
{
    public static void MigrateGrpc(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        MigrateEndpoint(section, "endpoint", "endpoint", group, context);
        section.Differ("balancer_name", "Rotel keeps one HTTP/2 connection per host, which max_connection_age replaces");
        section.Leave("authority", "Rotel sends the endpoint's host", "Set tls_server_name where it is about the certificate");
        section.Ignore("write_buffer_size", "read_buffer_size", "wait_for_ready");
        MigrateShared(section, group, context);
    }

    public static void MigrateHttp(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        group.Set("protocol", "http", section.Place);
        MigrateEndpoint(section, "endpoint", "endpoint", group, context);
        foreach (var signal in OtlpSignals.All)
            MigrateEndpoint(section, $"{signal.Name()}_endpoint", $"{signal.Name()}_endpoint", group, context);
        if (section.Word("encoding") is { } encoding)
            group.Set("encoding", encoding, section.PlaceOf("encoding"));
        if (!section.Has("timeout"))
            group.Set("request_timeout", "30s", section.Place);
        section.Copy("proxy_url", group, "proxy_url");
        section.Copy("max_idle_conns_per_host", group, "pool_max_idle_per_host");
        section.CopyDuration("idle_conn_timeout", group, "pool_idle_timeout");
        section.CopyDuration("http2_read_idle_timeout", group, "keep_alive_ping_interval");
        section.CopyDuration("http2_ping_timeout", group, "keep_alive_ping_timeout");
        section.Ignore("write_buffer_size", "read_buffer_size", "max_idle_conns", "force_attempt_http2");
        MigrateShared(section, group, context);
    }

    private static void MigrateShared(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        group.SetPairs("custom_headers", section.Pairs("headers"), section.PlaceOf("headers"));
        if (section.Word("compression") is { } compression)
        {
            if (compression is "gzip" or "zstd" or "none" or "")
            {
                group.Set("compression", compression.Length == 0 ? "none" : compression, section.PlaceOf("compression"));
            }
            else
            {
                section.Leave(
                    "compression", $"Rotel does not compress with {compression}",
                    "It sends gzip; zstd costs less where the backend takes it");
            }
        }

        section.Leave("compression_params", "Rotel's level is the fastest", "Do without it");
        ClientSettings.MigrateTls(section.Section("tls"), group);
        ClientSettings.MigrateAuthentication(section, group, context);
        ClientSettings.MigrateDelivery(section, group, context);
        var keepAlive = section.Section("keepalive");
        keepAlive.CopyDuration("time", group, "keep_alive_ping_interval");
        keepAlive.CopyDuration("timeout", group, "keep_alive_ping_timeout");
        keepAlive.Ignore("permit_without_stream");
    }

    /// <summary>Without a scheme it is TLS unless it is said to be insecure.</summary>
    private static void MigrateEndpoint(CollectorSection section, string key, string row, MigratedGroup group, CollectorContext context)
    {
        if (section.Text(key) is not { } text)
            return;
        var literal = text.Literal;
        if (literal.StartsWith("dns:", StringComparison.Ordinal) || literal.StartsWith("passthrough:", StringComparison.Ordinal))
        {
            section.Differ(key, "Rotel asks for the name whenever it opens a connection, at least once per max_connection_age");
            text = new(literal[(literal.LastIndexOf('/') + 1)..].TrimStart(':'));
        }
        else if (literal.StartsWith("unix:", StringComparison.Ordinal))
        {
            section.Leave(key, "Rotel's exporters send over TCP only", "Give the destination a port of the loopback interface");
            return;
        }

        if (!text.Literal.Contains("://", StringComparison.Ordinal))
        {
            var isInsecure = section.Section("tls").Flag("insecure") == true;
            if (text.StartsWithReference)
            {
                context.Report.Differ(
                    section.PlaceOf(key),
                    $"what {group.Scope.For(row).Variable} holds must begin with {(isInsecure ? "http" : "https")}://, or it is http");
            }
            else
            {
                text = text.Within(isInsecure ? "http://" : "https://");
            }
        }

        group.Set(row, text, section.PlaceOf(key));
    }
}
