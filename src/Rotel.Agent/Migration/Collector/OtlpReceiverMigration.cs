namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's receiver <c>otlp</c>.</summary>
internal static class OtlpReceiverMigration
{
    public static void Migrate(CollectorSection section, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var protocols = section.Section("protocols");
        var grpc = protocols.Section("grpc");
        var http = protocols.Section("http");
        MigrateEndpoint(grpc, protocols, "otlp_grpc_endpoint", global);
        MigrateEndpoint(http, protocols, "otlp_http_endpoint", global);
        MigrateGrpc(grpc, global);
        MigrateHttp(http, global);
        MigrateTls(grpc, http, context);
        foreach (var protocol in (CollectorSection[])[grpc, http])
            MigrateAuthentication(protocol, context);
        MigrateMetadata(grpc, "gRPC", "otlp_grpc");
        MigrateMetadata(http, "HTTP", "otlp_http");
    }

    private static void MigrateEndpoint(CollectorSection protocol, CollectorSection protocols, string row, MigratedGroup global)
    {
        if (!protocol.Exists)
            global.Set(row, "none", protocols.Place);
        else if (protocol.Text("endpoint") is { } endpoint)
            global.Set(row, IsUnix(protocol) ? endpoint.Within("unix:") : WithHost(endpoint), protocol.PlaceOf("endpoint"));
        protocol.Ignore("transport");
    }

    private static bool IsUnix(CollectorSection protocol) => protocol.Word("transport") == "unix";

    /// <summary>A port alone is one of all interfaces.</summary>
    private static ConfiguredText WithHost(ConfiguredText endpoint) =>
        endpoint.Literal.StartsWith(':') && !endpoint.StartsWithReference ? endpoint.Within("0.0.0.0") : endpoint;

    private static void MigrateGrpc(CollectorSection grpc, MigratedGroup global)
    {
        grpc.Copy("max_recv_msg_size_mib", global, "otlp_grpc_max_recv_msg_size_mib");
        grpc.Copy("max_concurrent_streams", global, "otlp_max_streams_per_connection");
        var keepAlive = grpc.Section("keepalive").Section("server_parameters");
        keepAlive.CopyDuration("max_connection_idle", global, "otlp_keep_alive_timeout");
        keepAlive.CopyDuration("time", global, "otlp_http2_keep_alive_ping_delay");
        keepAlive.CopyDuration("timeout", global, "otlp_http2_keep_alive_ping_timeout");
        keepAlive.Leave(
            "max_connection_age", "Rotel keeps connections as long as they are used",
            "Let clients, or whatever balances them, open new ones");
        keepAlive.Leave("max_connection_age_grace", "Rotel keeps connections as long as they are used", "Do without it");
        grpc.Section("keepalive").Leave("enforcement_policy", "Rotel takes pings as often as clients send them", "Do without it");
        grpc.Ignore("read_buffer_size", "write_buffer_size");
    }

    private static void MigrateHttp(CollectorSection http, MigratedGroup global)
    {
        http.Copy("max_request_body_size", global, "otlp_max_request_body_size");
        foreach (var signal in (string[])["traces", "metrics", "logs"])
            http.Copy($"{signal}_url_path", global, $"otlp_receiver_{signal}_http_path");
        var cors = http.Section("cors");
        cors.CopyList("allowed_origins", global, "otlp_http_cors_allowed_origins");
        cors.CopyList("allowed_headers", global, "otlp_http_cors_allowed_headers");
        cors.CopyList("exposed_headers", global, "otlp_http_cors_exposed_headers");
        if (cors.Number("max_age") is { } seconds && seconds > 0)
            global.Set("otlp_http_cors_max_age", $"{seconds}s", cors.PlaceOf("max_age"));
        http.CopyDuration("idle_timeout", global, "otlp_keep_alive_timeout");
        http.CopyDuration("read_header_timeout", global, "otlp_request_header_timeout");
        http.Ignore("read_timeout", "write_timeout", "keep_alives_enabled");
        http.Leave("response_headers", "Rotel's answers have the headers of OTLP only", "Let a proxy add them");
        http.Leave("compression_algorithms", "Rotel takes gzip, zstd and deflate whenever they come", "Do without it");
    }

    private static void MigrateTls(CollectorSection grpc, CollectorSection http, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var tls = grpc.Section("tls").Exists ? grpc.Section("tls") : http.Section("tls");
        if (!tls.Exists)
            return;
        foreach (var one in (CollectorSection[])[http.Section("tls"), grpc.Section("tls")])
        {
            one.Copy(
                global,
                ("cert_file", "otlp_tls_cert_file"),
                ("cert_pem", "otlp_tls_cert_pem"),
                ("key_file", "otlp_tls_key_file"),
                ("key_pem", "otlp_tls_key_pem"),
                ("client_ca_file", "otlp_tls_client_ca_file"),
                ("min_version", "otlp_tls_min_version"));
            one.CopyDuration("reload_interval", global, "otlp_tls_reload_interval");
            one.Ignore("ca_file", "client_ca_file_reload");
            ClientSettings.LeaveTlsLimits(one);
        }

        if (grpc.Exists && http.Exists && (!grpc.Section("tls").Exists || !http.Section("tls").Exists))
            context.Report.Differ(tls.Place, "both of Rotel's listeners have TLS, or neither");
    }

    private static void MigrateAuthentication(CollectorSection protocol, CollectorContext context)
    {
        var auth = protocol.Section("auth");
        if (auth.Word("authenticator") is not { } id)
            return;
        var extension = context.Extension(id);
        var global = context.Configuration.Global;
        switch (CollectorContext.TypeOf(id))
        {
            case "bearertokenauth" when extension.Has("token") || extension.Has("tokens"):
                global.SetList(
                    "otlp_bearer_token", [.. extension.List("token"), .. extension.List("tokens")],
                    extension.PlaceOf(extension.Has("token") ? "token" : "tokens"));
                extension.Ignore("scheme");
                break;
            case "basicauth" when extension.Section("htpasswd").Text("inline") is { } users && HoldsPasswords(users):
                MigrateUsers(extension.Section("htpasswd"), users, global);
                break;
            default:
                context.Report.Leave(
                    auth.PlaceOf("authenticator"), $"Rotel cannot check what {id} checks, so that whoever reaches the listener may send",
                    "Set otlp_bearer_token, otlp_basic_auth or otlp_api_keys, or keep the listener on the loopback interface");
                break;
        }
    }

    /// <summary>Passwords, and not their hashes, of which Rotel knows none.</summary>
    private static bool HoldsPasswords(ConfiguredText users) => !users.Literal.Contains(":$", StringComparison.Ordinal);

    private static void MigrateUsers(CollectorSection htpasswd, ConfiguredText users, MigratedGroup global)
    {
        const string Row = "otlp_basic_auth";
        if (users.HasReferences)
        {
            var variable = global.Scope.For(Row).Variable;
            htpasswd.Leave("inline", "its users come from the environment", $"Set {variable} to user=password pairs");
            return;
        }

        var pairs = users.Literal.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .Select(parts => KeyValuePair.Create(parts[0], new ConfiguredText(parts[1])));
        global.SetPairs(Row, [.. pairs], htpasswd.PlaceOf("inline"));
    }

    private static void MigrateMetadata(CollectorSection protocol, string name, string prefix)
    {
        if (protocol.Flag("include_metadata") == true)
        {
            protocol.Leave(
                "include_metadata", $"Rotel keeps headers of {name} requests by name",
                $"Set {prefix}_include_metadata to true, and {prefix}_headers_to_include to those that are needed");
        }
    }
}
