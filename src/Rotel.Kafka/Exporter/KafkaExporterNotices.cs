using Rotel.Diagnostics;
using Rotel.Exporters;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Kafka.Exporter;

/// <summary>What the exporter warns of: at start, once per signal, or once per interval.</summary>
internal sealed class KafkaExporterNotices(KafkaExporterOptions options, ExporterContext context)
{
    private readonly OncePerInterval _topicMissing = new(context.Time);
    private readonly OncePerInterval _recordsCut = new(context.Time);
    private readonly OncePerInterval _clientBroken = new(context.Time);
    private readonly int[] _seenSignals = new int[OtlpSignals.Count];
    private int _saidTooManyTopics;

    public void AtStart()
    {
        var brokers = string.Join(", ", options.Brokers);
        var isInClear = options.Security is
        {
            Protocol: KafkaSecurityProtocol.SaslPlaintext, SaslMechanism: KafkaSaslMechanism.Plain or KafkaSaslMechanism.OauthBearer,
        };
        if (isInClear && !options.CustomConfig.ContainsKey("security.protocol") && !options.Brokers.All(IsLoopback))
            context.Logger.CredentialsInClear(context.Name, brokers);
        if (options.Security.UsesTls && options.CustomConfig.TryGetValue("enable.ssl.certificate.verification", out var verify)
            && !verify.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            context.Logger.VerificationOff(context.Name);
        }
    }

    /// <summary>A batch of a signal is encoded.</summary>
    public void OnBatch(OtlpSignal signal)
    {
        if (Interlocked.Exchange(ref _seenSignals[(int)signal], 1) != 0)
            return;
        var random = options.Partitioner switch
        {
            KafkaPartitioner.Consistent => KafkaPartitioner.ConsistentRandom,
            KafkaPartitioner.Murmur2 => KafkaPartitioner.Murmur2Random,
            KafkaPartitioner.Fnv1a => KafkaPartitioner.Fnv1aRandom,
            _ => options.Partitioner,
        };
        var (hasKeys, setting) = signal switch
        {
            OtlpSignal.Traces => (options.PartitionTracesById, KafkaExporterType.PartitionTracesById),
            OtlpSignal.Metrics => (options.PartitionMetricsByResourceAttributes, KafkaExporterType.PartitionMetricsByResourceAttributes),
            _ => (options.PartitionLogsByResourceAttributes, KafkaExporterType.PartitionLogsByResourceAttributes),
        };
        var form = SettingForms.OneOf<KafkaPartitioner>();
        if (random != options.Partitioner && !hasKeys && !options.CustomConfig.ContainsKey("partitioner"))
            context.Logger.OnePartition(context.Name, signal.Name(), form.Write(options.Partitioner), form.Write(random), setting);
    }

    public void TopicMissing(string topic, string missing)
    {
        if (_topicMissing.TryTake(out var times))
            context.Logger.TopicMissing(context.Name, times, topic, missing, options.TopicFromAttribute ?? "");
    }

    public void RecordCut(string topic)
    {
        if (_recordsCut.TryTake(out var times))
            context.Logger.RecordsCut(context.Name, times, options.MaxMessageBytes, topic);
    }

    public void TooManyTopics()
    {
        if (Interlocked.Exchange(ref _saidTooManyTopics, 1) == 0)
            context.Logger.TooManyTopics(context.Name, options.TopicFromAttribute ?? "");
    }

    /// <summary>Returns what the attempt came to.</summary>
    public string ClientBroken(string? problem)
    {
        if (_clientBroken.TryTake(out _))
            context.Logger.ClientReplaced(context.Name, problem);
        return $"the client cannot go on and is replaced: {problem ?? "a fatal error"}";
    }

    private static bool IsLoopback(string broker) =>
        Uri.TryCreate($"kafka://{broker}", UriKind.Absolute, out var address) && address.IsLoopback;
}
