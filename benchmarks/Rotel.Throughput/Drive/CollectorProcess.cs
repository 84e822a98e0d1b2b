using Rotel.Throughput.Broker;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Drive;

/// <summary>How each collector is started so that both do the same work, and how its counters are read.</summary>
internal static class CollectorProcess
{
    /// <param name="backend">The counting backend's listener of the scenario's transport.</param>
    /// <param name="source">The broker that it consumes from, or null.</param>
    /// <param name="tls">Where the certificates are, or null without TLS.</param>
    /// <param name="diskQueue">The disk queue's folder, or null without one.</param>
    public static ChildProcess Start(
        string collector, Scenario scenario, DriveOptions options, string backend, string? source, TlsFolder? tls, string? diskQueue)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = ChildProcess.OwnAssemblyPath,
            ["DOTNET_gcServer"] = options.ServerGc ? "1" : "0",
        };
        if (diskQueue is not null)
            KeepOnDisk(environment, scenario.DiskQueue!, diskQueue);
        return collector == DriveOptions.Rotel
            ? StartAgent(scenario, options, backend, source, tls, environment)
            : ChildProcess.Start(DriveOptions.Naive, ChildProcess.OwnAssemblyPath, NaiveArguments(scenario, backend, source, tls), environment);
    }

    // The one place that knows how the agent is started: its own assembly, its own entry point, its settings from the environment.
    private static ChildProcess StartAgent(
        Scenario scenario,
        DriveOptions options,
        string backend,
        string? source,
        TlsFolder? tls,
        Dictionary<string, string> environment)
    {
        if (!File.Exists(options.AgentPath))
            throw new FlagException($"--agent '{options.AgentPath}' does not exist.");

        environment["ROTEL_OTLP_GRPC_ENDPOINT"] = "127.0.0.1:0";
        environment["ROTEL_OTLP_HTTP_ENDPOINT"] = "127.0.0.1:0";
        foreach (var (variable, value) in scenario.Processors)
            environment[variable] = value;
        if (scenario.Transport == Transport.Kafka)
            ReceiveFromKafka(environment, source!, options);
        if (scenario.ClickHouse is { } compression)
        {
            environment["ROTEL_EXPORTER"] = "clickhouse";
            environment["ROTEL_CLICKHOUSE_EXPORTER_ENDPOINT"] = backend;
            environment["ROTEL_CLICKHOUSE_EXPORTER_COMPRESSION"] = compression;
            environment["ROTEL_CLICKHOUSE_EXPORTER_ENABLE_JSON"] = scenario.JsonColumns ? "true" : "false";
            return ChildProcess.Start(DriveOptions.Rotel, options.AgentPath, ["start"], environment);
        }

        if (scenario.Datadog is { } coding)
        {
            environment["ROTEL_EXPORTER"] = "datadog";
            environment["ROTEL_DATADOG_EXPORTER_CUSTOM_ENDPOINT"] = backend;
            environment["ROTEL_DATADOG_EXPORTER_API_KEY"] = "00000000000000000000000000000000";
            environment["ROTEL_DATADOG_EXPORTER_COMPRESSION"] = coding;
            return ChildProcess.Start(DriveOptions.Rotel, options.AgentPath, ["start"], environment);
        }

        if (scenario.OutTransport == Transport.Kafka)
        {
            environment["ROTEL_EXPORTER"] = "kafka";
            environment["ROTEL_KAFKA_EXPORTER_BROKERS"] = BrokerRole.ServerOf(backend);
            return ChildProcess.Start(DriveOptions.Rotel, options.AgentPath, ["start"], environment);
        }

        environment["ROTEL_EXPORTER"] = "otlp";
        environment["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend;
        environment["ROTEL_OTLP_EXPORTER_PROTOCOL"] = OtlpRoutes.Name(scenario.OutTransport);
        environment["ROTEL_OTLP_EXPORTER_COMPRESSION"] = scenario.Gzip ? "gzip" : "none";
        if (scenario.Out == BodyEncoding.Json)
            environment["ROTEL_OTLP_EXPORTER_ENCODING"] = "json";
        if (tls is not null)
        {
            environment["ROTEL_OTLP_TLS_CERT_FILE"] = tls.CertificatePath;
            environment["ROTEL_OTLP_TLS_KEY_FILE"] = tls.KeyPath;
            environment["ROTEL_OTLP_EXPORTER_TLS_CA_FILE"] = tls.AuthorityPath;
        }

        return ChildProcess.Start(DriveOptions.Rotel, options.AgentPath, ["start"], environment);
    }

    private static List<string> NaiveArguments(Scenario scenario, string backend, string? source, TlsFolder? tls)
    {
        var arguments = new List<string> { "naive", "--endpoint", backend, "--transport", OtlpRoutes.Name(scenario.OutTransport) };
        if (source is not null)
            arguments.AddRange(["--source", source]);
        if (scenario.ClickHouse is { } compression)
            arguments.AddRange(["--clickhouse", compression]);
        if (scenario.Datadog is { } coding)
            arguments.AddRange(["--datadog", coding]);
        if (scenario.JsonColumns)
            arguments.Add("--json-columns");
        if (scenario.Gzip)
            arguments.Add("--gzip");
        AddEncoding(arguments, scenario.Out);
        AddTls(arguments, tls);
        return arguments;
    }

    public static void AddEncoding(List<string> arguments, BodyEncoding encoding)
    {
        if (encoding == BodyEncoding.Json)
            arguments.AddRange(["--encoding", "json"]);
    }

    public static void AddTls(List<string> arguments, TlsFolder? tls)
    {
        if (tls is not null)
            arguments.AddRange(["--" + TlsFolder.Flag, tls.Path]);
    }

    public static void KeepOnDisk(Dictionary<string, string> environment, string modeAndStrength, string folder)
    {
        var words = modeAndStrength.Split(' ');
        environment["ROTEL_DISK_QUEUE"] = words[0];
        environment["ROTEL_DISK_QUEUE_DIRECTORY"] = folder;
        environment["ROTEL_DISK_QUEUE_REQUIRED"] = "true";
        if (words.Length > 1)
            environment["ROTEL_DISK_QUEUE_STRENGTH"] = words[1];
        environment["ROTEL_DISK_QUEUE_COMMIT_INTERVAL"] = "100ms";
    }

    private static void ReceiveFromKafka(Dictionary<string, string> environment, string source, DriveOptions options)
    {
        environment["ROTEL_RECEIVER"] = "kafka";
        environment.Remove("ROTEL_OTLP_GRPC_ENDPOINT");
        environment.Remove("ROTEL_OTLP_HTTP_ENDPOINT");
        environment["ROTEL_KAFKA_RECEIVER_BROKERS"] = BrokerRole.ServerOf(source);
        environment[$"ROTEL_KAFKA_RECEIVER_{OtlpRoutes.Name(options.Signal).ToUpperInvariant()}"] = "true";
        environment["ROTEL_KAFKA_RECEIVER_AUTO_OFFSET_RESET"] = "earliest";
        environment["ROTEL_KAFKA_RECEIVER_GROUP_ID"] = BrokerRole.Group;

        // The simulator holds an answer without records for all of this time, even when some arrive.
        environment["ROTEL_KAFKA_RECEIVER_FETCH_MAX_WAIT_MS"] = "10";

        // The load goes on with what is committed: the simulated partitions keep little.
        environment["ROTEL_KAFKA_RECEIVER_AUTO_COMMIT_INTERVAL_MS"] = "100";
    }
}
