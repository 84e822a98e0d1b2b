using Confluent.Kafka;
using Rotel.Destinations;
using Rotel.Kafka.Connection;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// What the brokers of an exporter say of their cluster: who belongs to it, and whether the topics are there. Creates none.
/// </summary>
internal static class ClusterExamination
{
    private const string Brokers = "brokers";
    private const string Topics = "topics";

    /// <summary>How long brokers may take to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="options">Valid options.</param>
    /// <param name="signals">Whose topics.</param>
    /// <param name="context">What the exporter would work with.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public static async Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        KafkaExporterOptions options,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        CancellationToken cancellationToken)
    {
        // The client blocks while it asks, and while it ends.
        var examination = Task.Run(() => Examine(options, signals, context), CancellationToken.None);
        return await examination.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<DestinationFinding> Examine(
        KafkaExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context)
    {
        var properties = ProducerProperties.Of(options, context.Pool.Budget.Limit);
        var log = new KafkaClientLog($"Exporter '{context.Name}'", properties, context.Logger, context.Time);
        try
        {
            var builder = new ProducerBuilder<Null, Null>(properties.All)
                .SetLogHandler((_, line) => log.OnLog(line))
                .SetErrorHandler((_, error) => log.OnError(error));
            if (options.Security.OAuthBearerToken is { } source)
            {
                var tokens = new KafkaTokenRefresh(source, log);
                builder.SetOAuthBearerTokenRefreshHandler((client, _) => tokens.OnRefresh(client));
            }

            // Clients for administration refuse the properties of producers; one that borrows a producer's connections does not.
            using var producer = builder.Build();
            using var client = new DependentAdminClientBuilder(producer.Handle).Build();
            return Describe(client.GetMetadata(Patience), options, signals);
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
        {
            var reason = log.Problem ?? log.Clean((exception as KafkaException)?.Error.Reason ?? exception.Message);
            return
            [
                new(
                    Brokers, IsGood: false, $"they do not describe their cluster: {reason.TrimEnd('.')}",
                    "Check brokers, security_protocol, and the SASL and SSL settings of the exporter."),
            ];
        }
    }

    private static List<DestinationFinding> Describe(
        Metadata cluster, KafkaExporterOptions options, IReadOnlyCollection<OtlpSignal> signals)
    {
        var brokers = cluster.Brokers.Select(broker => $"{broker.Host}:{broker.Port}").ToArray();
        var findings = new List<DestinationFinding>
        {
            new(
                Brokers, IsGood: true,
                $"the cluster has {brokers.Length}, which records are sent to directly: {string.Join(", ", brokers.Take(5))}"
                    + (brokers.Length > 5 ? ", …" : "")),
        };
        var known = cluster.Topics.Select(topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        var wanted = signals.Select(options.TopicOf).Distinct().ToArray();
        var there = wanted.Where(known.Contains).ToArray();
        if (there.Length > 0)
            findings.Add(new(Topics, IsGood: true, $"{string.Join(", ", there)}"));
        findings.AddRange(wanted.Except(there).Select(topic => new DestinationFinding(
            Topics, IsGood: options.TopicFromAttribute is not null, $"{topic} is not there, or this client may not see it",
            "Create it, or let the brokers create topics when they are first used (auto.create.topics.enable).")));
        return findings;
    }
}
