using Rotel.Settings;

namespace Rotel.Agent.Migration.Collector;

/// <summary>What exporters of the collector share: TLS, retries, queue, time-out, credentials.</summary>
internal static class ClientSettings
{
    private const string DurableQueue = "Rotel has no queue on disk yet";

    /// <summary>What is left of a batch when the process ends.</summary>
    public static void MigrateDelivery(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        if (section.Duration("timeout") is { } timeout)
            group.Set(SharedExporterSettings.RequestTimeout, timeout, section.PlaceOf("timeout"));
        MigrateRetry(section.Section("retry_on_failure"), group);
        MigrateQueue(section.Section("sending_queue"), group, context);
    }

    public static void MigrateTls(CollectorSection tls, MigratedGroup group)
    {
        CopyText(tls, "ca_file", group, "tls_ca_file");
        CopyText(tls, "ca_pem", group, "tls_ca_pem");
        CopyText(tls, "cert_file", group, "tls_cert_file");
        CopyText(tls, "cert_pem", group, "tls_cert_pem");
        CopyText(tls, "key_file", group, "tls_key_file");
        CopyText(tls, "key_pem", group, "tls_key_pem");
        CopyText(tls, "server_name_override", group, "tls_server_name");
        CopyText(tls, "min_version", group, "tls_min_version");
        CopyDuration(tls, "reload_interval", group, "tls_reload_interval");
        if (tls.Flag("insecure_skip_verify") == true)
            group.Set("tls_skip_verify", "true", tls.PlaceOf("insecure_skip_verify"));
        tls.Ignore("insecure", "include_system_ca_certs_pool");
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
                CopyText(extension, "token", group, "bearer_token");
                CopyText(extension, "filename", group, "bearer_token_file");
                if (extension.Word("scheme") is { } scheme && !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
                    extension.Leave("scheme", "Rotel says Bearer", "Set the header authorization in custom_headers instead");
                break;
            case "basicauth":
                var client = extension.Section("client_auth");
                CopyText(client, "username", group, "basic_auth_username");
                CopyText(client, "password", group, "basic_auth_password");
                break;
            case "oauth2client":
                CopyText(extension, "client_id", group, "oauth2_client_id");
                CopyText(extension, "client_secret", group, "oauth2_client_secret");
                CopyText(extension, "token_url", group, "oauth2_token_url");
                if (extension.List("scopes") is { Count: > 0 } scopes)
                    group.SetList("oauth2_scopes", scopes, extension.PlaceOf("scopes"));
                group.SetPairs("oauth2_parameters", extension.Pairs("endpoint_params"), extension.PlaceOf("endpoint_params"));
                CopyText(extension.Section("tls"), "ca_file", group, "oauth2_tls_ca_file");
                extension.Ignore("timeout", "expiry_buffer");
                break;
            case "sigv4auth":
                group.Set("authenticator", "sigv4auth", place);
                CopyText(extension, "region", group, "aws_region");
                CopyText(extension, "service", group, "aws_service");
                break;
            default:
                context.Report.Leave(
                    place, $"Rotel has no authenticator like {id}",
                    "Set otlp.Authentication.Custom in code, or pass headers on with headers_from_metadata");
                break;
        }
    }

    public static void CopyText(CollectorSection section, string key, MigratedGroup group, string row)
    {
        if (section.Text(key) is { } text)
            group.Set(row, text, section.PlaceOf(key));
    }

    public static void CopyDuration(CollectorSection section, string key, MigratedGroup group, string row)
    {
        if (section.Duration(key) is { } text)
            group.Set(row, text, section.PlaceOf(key));
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
            CopyDuration(retry, "initial_interval", group, SharedExporterSettings.RetryInitialBackoff);
            CopyDuration(retry, "max_interval", group, SharedExporterSettings.RetryMaxBackoff);
            CopyDuration(retry, "max_elapsed_time", group, SharedExporterSettings.RetryMaxElapsedTime);
        }

        retry.Differ("randomization_factor", "Rotel waits for a random time between the initial wait and the one that has grown so far");
        retry.Differ("multiplier", "Rotel doubles the wait each time");
    }

    private static void MigrateQueue(CollectorSection queue, MigratedGroup group, CollectorContext context)
    {
        if (queue.Flag("enabled") == false)
        {
            queue.Differ(
                "enabled", "Rotel always queues; answers wait for the delivery, as without a queue, because otlp_acknowledgement is set to delivered");
            context.Configuration.Global.Set("otlp_acknowledgement", "delivered", queue.PlaceOf("enabled"));
        }

        if (queue.Flag("wait_for_result") == true)
            context.Configuration.Global.Set("otlp_acknowledgement", "delivered", queue.PlaceOf("wait_for_result"));
        CopyText(queue, "num_consumers", group, SharedExporterSettings.MaxConcurrentRequests);
        var sizer = queue.Word("sizer") ?? "requests";
        if (sizer == "bytes")
            CopyText(queue, "queue_size", group, SharedExporterSettings.QueueMaxBytes);
        else
            queue.Leave("queue_size", $"it counts {sizer}, and Rotel's queues are bounded by bytes", "Set queue_max_bytes, or leave each queue its share of memory_limit");
        if (queue.Flag("block_on_overflow") == true)
            group.Set(SharedExporterSettings.Overflow, "block", queue.PlaceOf("block_on_overflow"));
        queue.Leave("storage", DurableQueue, "What is undelivered at the end of the process is lost and counted; ask senders to keep it, with otlp_acknowledgement=delivered");
        MigrateQueueBatch(queue.Section("batch"), sizer, group);
    }

    private static void MigrateQueueBatch(CollectorSection batch, string queueSizer, MigratedGroup group)
    {
        CopyDuration(batch, "flush_timeout", group, SharedExporterSettings.BatchTimeout);
        var row = (batch.Word("sizer") ?? queueSizer) == "bytes" ? SharedExporterSettings.BatchMaxBytes : SharedExporterSettings.BatchMaxSize;
        var key = batch.Number("min_size") > 0 ? "min_size" : "max_size";
        if (batch.Number(key) > 0)
            CopyText(batch, key, group, row);
        batch.Ignore("min_size");
        if (batch.Number("max_size") is { } most && most > 0 && batch.Number("min_size") is { } least && least > 0 && most != least)
            batch.Differ("max_size", "a batch of Rotel is sent at min_size and is never larger");
        batch.Ignore("max_size");
    }
}
