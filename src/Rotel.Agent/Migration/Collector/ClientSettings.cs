using Rotel.Settings;

namespace Rotel.Agent.Migration.Collector;

/// <summary>What exporters of the collector share: TLS, retries, queue, time-out, credentials.</summary>
internal static class ClientSettings
{
    /// <summary>How long an attempt may take, how often it is repeated, and what waits meanwhile.</summary>
    public static void MigrateDelivery(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        if (section.Duration("timeout") is { } timeout)
            group.Set(SharedExporterSettings.RequestTimeout, timeout, section.PlaceOf("timeout"));
        MigrateRetry(section.Section("retry_on_failure"), group);
        MigrateQueue(section.Section("sending_queue"), group, context);
    }

    public static void MigrateTls(CollectorSection tls, MigratedGroup group)
    {
        tls.Copy(
            group,
            ("ca_file", "tls_ca_file"),
            ("ca_pem", "tls_ca_pem"),
            ("cert_file", "tls_cert_file"),
            ("cert_pem", "tls_cert_pem"),
            ("key_file", "tls_key_file"),
            ("key_pem", "tls_key_pem"),
            ("server_name_override", "tls_server_name"),
            ("min_version", "tls_min_version"));
        tls.CopyDuration("reload_interval", group, "tls_reload_interval");
        if (tls.Flag("insecure_skip_verify") == true)
            group.Set("tls_skip_verify", "true", tls.PlaceOf("insecure_skip_verify"));
        tls.Ignore("insecure", "include_system_ca_certs_pool");
        LeaveTlsLimits(tls);
    }

    /// <summary>What neither exporters nor listeners have a setting for.</summary>
    public static void LeaveTlsLimits(CollectorSection tls)
    {
        tls.Leave("max_version", "versions of TLS have no upper bound in Rotel", "Leave it to the two sides");
        tls.Leave("cipher_suites", "Rotel takes the operating system's cipher suites", "Set them there");
    }

    /// <summary>The extension that an exporter authenticates with.</summary>
    public static void MigrateAuthentication(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        var auth = section.Section("auth");
        if (auth.Word("authenticator") is not { } id)
            return;
        var place = auth.PlaceOf("authenticator");
        var extension = context.Extension(id);
        switch (CollectorContext.TypeOf(id))
        {
            case "bearertokenauth" when extension.Word("header") is null or "Authorization":
                extension.Copy("token", group, "bearer_token");
                extension.Copy("filename", group, "bearer_token_file");
                if (extension.Word("scheme") is { } scheme && !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
                    extension.Leave("scheme", "Rotel says Bearer", "Set the header authorization in custom_headers instead");
                break;
            case "basicauth":
                var client = extension.Section("client_auth");
                client.Copy("username", group, "basic_auth_username");
                client.Copy("password", group, "basic_auth_password");
                break;
            case "oauth2client":
                extension.Copy(
                    group,
                    ("client_id", "oauth2_client_id"),
                    ("client_secret", "oauth2_client_secret"),
                    ("token_url", "oauth2_token_url"));
                extension.CopyList("scopes", group, "oauth2_scopes");
                group.SetPairs("oauth2_parameters", extension.Pairs("endpoint_params"), extension.PlaceOf("endpoint_params"));
                extension.Section("tls").Copy("ca_file", group, "oauth2_tls_ca_file");
                extension.Ignore("timeout", "expiry_buffer");
                break;
            case "sigv4auth":
                group.Set("authenticator", "sigv4auth", place);
                extension.Copy("region", group, "aws_region");
                extension.Copy("service", group, "aws_service");
                break;
            default:
                context.Report.Leave(
                    place, $"Rotel has no authenticator like {id}",
                    "Set otlp.Authentication.Custom in code, or pass headers on with headers_from_metadata");
                break;
        }
    }

    private static void MigrateRetry(CollectorSection retry, MigratedGroup group)
    {
        if (retry.Flag("enabled") == false)
        {
            group.Set(SharedExporterSettings.RetryMaxElapsedTime, "1ms", retry.PlaceOf("enabled"));
            retry.Differ("enabled", "a batch is given up 1 ms after its first failure, which is before it is tried again");
            retry.Ignore("initial_interval", "max_interval", "max_elapsed_time");
        }
        else
        {
            retry.CopyDuration("initial_interval", group, SharedExporterSettings.RetryInitialBackoff);
            retry.CopyDuration("max_interval", group, SharedExporterSettings.RetryMaxBackoff);
            retry.CopyDuration("max_elapsed_time", group, SharedExporterSettings.RetryMaxElapsedTime);
        }

        retry.Differ("randomization_factor", "Rotel waits for a random time between the initial wait and the one that has grown so far");
        retry.Differ("multiplier", "Rotel doubles the wait each time");
    }

    private static void MigrateQueue(CollectorSection queue, MigratedGroup group, CollectorContext context)
    {
        if (queue.Flag("enabled") == false)
        {
            queue.Differ(
                "enabled",
                "Rotel always queues; answers wait for the delivery, as without a queue, because otlp_acknowledgement is set to delivered");
            context.Configuration.Global.Set("otlp_acknowledgement", "delivered", queue.PlaceOf("enabled"));
        }

        if (queue.Flag("wait_for_result") == true)
            context.Configuration.Global.Set("otlp_acknowledgement", "delivered", queue.PlaceOf("wait_for_result"));
        queue.Copy("num_consumers", group, SharedExporterSettings.MaxConcurrentRequests);
        var sizer = queue.Word("sizer") ?? "requests";
        if (sizer == "bytes")
        {
            queue.Copy("queue_size", group, SharedExporterSettings.QueueMaxBytes);
        }
        else
        {
            queue.Leave(
                "queue_size", $"it counts {sizer}, and Rotel's queues are bounded by bytes",
                "Set queue_max_bytes, or leave each queue its share of memory_limit");
        }

        if (queue.Flag("block_on_overflow") == true)
            group.Set(SharedExporterSettings.Overflow, "block", queue.PlaceOf("block_on_overflow"));
        queue.Leave(
            "storage", "Rotel has one queue on disk for all exporters, with limits of its own",
            "Set disk_queue=always and disk_queue_directory; an exporter that is to have no part in it gets disk_queue=false");
        MigrateQueueBatch(queue.Section("batch"), sizer, group);
    }

    private static void MigrateQueueBatch(CollectorSection batch, string queueSizer, MigratedGroup group)
    {
        batch.CopyDuration("flush_timeout", group, SharedExporterSettings.BatchTimeout);
        var isInBytes = (batch.Word("sizer") ?? queueSizer) == "bytes";
        var key = batch.Number("min_size") > 0 ? "min_size" : "max_size";
        if (batch.Number(key) > 0)
            batch.Copy(key, group, isInBytes ? SharedExporterSettings.BatchMaxBytes : SharedExporterSettings.BatchMaxSize);
        batch.Ignore("min_size");
        if (batch.Number("max_size") is { } most && most > 0 && batch.Number("min_size") is { } least && least > 0 && most != least)
            batch.Differ("max_size", "a batch of Rotel is sent at min_size and is never larger");
        batch.Ignore("max_size");
    }
}
