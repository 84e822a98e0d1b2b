namespace Rotel.Configuration;

/// <summary>Settings that other members of the Rotel family have and this version has not; they are never ignored in silence.</summary>
internal static class UnsupportedSettings
{
    /// <summary>About the process of its own that Rotel is not here: leaving them out changes nothing for the telemetry.</summary>
    private static readonly string[] OfAProcess =
        ["DAEMON", "PROMETHEUS_ENDPOINT", "PPROF_"];

    private static readonly string[] NotYet =
    [
        "FLUENT_RECEIVER_", "FILE_RECEIVER_", "KMSG_RECEIVER_",
        "AWSXRAY_EXPORTER_", "AWSEMF_EXPORTER_",
        "RUST_TRACE_PROCESSOR", "RUST_METRICS_PROCESSOR", "RUST_LOGS_PROCESSOR", "ASYNC_",
        "DISABLE_BATCHING", "MAX_CONCURRENT_REQUESTS", "MAX_CONCURRENT_ENCODERS",
    ];

    private static readonly string[] OfKafka = ["KAFKA_RECEIVER_", "KAFKA_EXPORTER_"];

    /// <summary>What the reference reads under a name that does not belong to the exporter's others.</summary>
    private static readonly Dictionary<string, string> Renamed =
        new(StringComparer.Ordinal) { ["CLICKHOUSE_TABLE_PREFIX"] = "CLICKHOUSE_EXPORTER_TABLE_PREFIX" };

    public static UnsupportedSetting? Find(string variable)
    {
        var name = variable[SettingScope.VariablePrefix.Length..].ToUpperInvariant();
        if (OfAProcess.Any(known => Matches(name, known)))
            return new("has no meaning for Rotel inside a .NET process and is not supported by this version; remove it", IsHarmless: true);
        if (Renamed.TryGetValue(name, out var setting))
            return new($"is {SettingScope.VariablePrefix}{setting} here; rename it", IsHarmless: false);
        if (OfKafka.Any(known => Matches(name, known)))
            return new(OtherPackages.Kafka, IsHarmless: false);
        if (NotYet.Any(known => Matches(name, known)))
            return new("is not supported by this version yet; remove it", IsHarmless: false);
        return null;
    }

    /// <summary>The same for a key of the configuration: <c>Rotel:Daemon</c>, <c>Rotel:Exporters:vendor:TlsCaFile</c>.</summary>
    public static UnsupportedSetting? FindKey(string key)
    {
        // Without separators, the key reads like the variable: Rotel:Exporters:x:TlsCaFile is ROTEL_EXPORTER_x_TLS_CA_FILE.
        var parts = key.Split(':');
        var last = parts.Length > 1 ? parts[1] : "";
        var name = parts.Length > 3 && last.Equals("Exporters", StringComparison.OrdinalIgnoreCase)
            ? $"Exporter_{parts[2]}_{ToSnakeCase(parts[3])}"
            : string.Join('_', parts.Skip(1).TakeWhile(part => !part.All(char.IsAsciiDigit)).Select(ToSnakeCase));
        return Find(SettingScope.VariablePrefix + name);
    }

    private static bool Matches(string name, string known) =>
        known[^1] == '_' ? name.StartsWith(known, StringComparison.Ordinal) : name == known;

    private static string ToSnakeCase(string pascal) =>
        string.Concat(pascal.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : $"{c}"));
}
