namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>datadog</c>.</summary>
internal static class DatadogExporterMigration
{
    private static readonly Dictionary<string, string> Regions = new(StringComparer.Ordinal)
    {
        ["datadoghq.com"] = "us1",
        ["us3.datadoghq.com"] = "us3",
        ["us5.datadoghq.com"] = "us5",
        ["datadoghq.eu"] = "eu",
        ["ap1.datadoghq.com"] = "ap1",
        ["ap2.datadoghq.com"] = "ap2",
        ["ddog-gov.com"] = "gov",
    };

    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        var api = section.Section("api");
        api.Copy("key", group, "api_key");
        MigrateSite(api, group);
        api.Ignore("fail_on_invalid_key");
        section.Copy("hostname", group, "host_name");
        var host = section.Section("host_metadata");
        host.Copy("enabled", group, "host_metadata");
        group.SetPairs(
            "tags",
            [
                .. host.List("tags").Where(tag => !tag.HasReferences).Select(tag => tag.Literal.Split(':', 2)).Where(tag => tag.Length == 2)
                    .Select(tag => KeyValuePair.Create(tag[0], new ConfiguredText(tag[1]))),
            ],
            host.PlaceOf("tags"));
        host.Ignore("hostname_source", "reporter_period");
        host.Differ("tags", "they are put on everything that is sent, not on hosts alone");

        MigrateTraces(section.Section("traces"), group);
        MigrateMetrics(section.Section("metrics"), group);
        var logs = section.Section("logs");
        logs.Ignore("use_compression", "compression_level", "batch_wait", "dump_payloads");
        foreach (var part in (string[])["traces", "metrics", "logs"])
        {
            section.Section(part).Leave(
                "endpoint", "Rotel has one address for all of Datadog's intakes",
                "Set custom_endpoint where a proxy stands before them");
        }

        section.Leave("only_metadata", "Rotel sends telemetry to exporters, and hosts beside it", "Do without it");
        ClientSettings.MigrateTls(section.Section("tls"), group);
        section.Copy("proxy_url", group, "proxy_url");
        section.Ignore(
            "hostname_detection_timeout", "max_idle_conns", "max_idle_conns_per_host", "idle_conn_timeout", "write_buffer_size",
            "read_buffer_size");
        ClientSettings.MigrateDelivery(section, group, context);
    }

    private static void MigrateSite(CollectorSection api, MigratedGroup group)
    {
        if (api.Text("site") is not { } site)
            return;
        if (!site.HasReferences && Regions.TryGetValue(site.Literal, out var region))
        {
            group.Set("region", region, api.PlaceOf("site"));
        }
        else if (!site.HasReferences)
        {
            api.Leave("site", "Rotel does not know this site", "Set custom_endpoint");
        }
        else
        {
            api.Leave(
                "site", "Rotel names a region where Datadog's own tools name a site",
                $"Set {group.Scope.For("region").Variable} to one of {string.Join(", ", Regions.Values)}");
        }
    }

    private static void MigrateTraces(CollectorSection traces, MigratedGroup group)
    {
        traces.Copy("span_name_as_resource_name", group, "span_name_as_resource_name");
        traces.Ignore("trace_buffer", "compute_stats_by_span_kind", "peer_tags_aggregation", "compute_top_level_by_span_kind");
        traces.Leave(
            "ignore_resources", "Rotel sends all spans that reach an exporter",
            "Drop them with a filter: drop_span_names, or a condition in code");
        traces.Leave("span_name_remappings", "Rotel's Datadog exporter renames nothing", "Rename spans with a processor of type rename");
    }

    private static void MigrateMetrics(CollectorSection metrics, MigratedGroup group)
    {
        metrics.Copy("resource_attributes_as_tags", group, "resource_attributes_as_tags");
        metrics.Copy("instrumentation_scope_metadata_as_tags", group, "scope_as_tags");
        if (metrics.Number("delta_ttl") is { } ttl)
            group.Set("delta_expiry", $"{ttl}s", metrics.PlaceOf("delta_ttl"));
        var histograms = metrics.Section("histograms");
        if (histograms.Word("mode") is { } mode)
            group.Set("histogram_mode", mode == "nobuckets" ? "no_buckets" : mode, histograms.PlaceOf("mode"));
        histograms.Copy("send_aggregation_metrics", group, "histogram_aggregations");
        if (metrics.Section("summaries").Word("mode") is { } summaries)
            group.Set("summary_quantiles", summaries == "gauges" ? "true" : "false", metrics.Section("summaries").PlaceOf("mode"));
        var sums = metrics.Section("sums");
        sums.Copy("initial_cumulative_monotonic_value", group, "first_point");
        if (sums.Word("cumulative_monotonic_mode") is not (null or "to_delta"))
            sums.Leave("cumulative_monotonic_mode", "Rotel sends counters as deltas", "Do without it");
    }
}
