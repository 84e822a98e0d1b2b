using Rotel.Kafka.Connection;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Kafka.Receiver;

/// <content>What must hold of the options. The limits are librdkafka's.</content>
internal sealed partial class KafkaReceiverType
{
    private const int Hour = 3_600_000;
    private const int Day = 24 * Hour;
    private const int MostFetched = 1_000_000_000;
    private const int MostGathered = 100_000_000;
    private const int LongestRequest = 300_000;

    protected override void Validate(KafkaReceiverOptions options, SettingErrors errors)
    {
        var counted = new CountedErrors(errors);
        KafkaConnectionSettings.Validate(options.Brokers, options.ClientId, counted);
        KafkaSecuritySettings.Validate(options.Security, options.CustomConfig, counted);
        KafkaCustomConfig.Validate(options.CustomConfig, isConsumer: true, counted);
        ValidateTopics(options, counted);
        ValidateTimes(options, counted);
        ValidateChoices(options, counted);
        if (string.IsNullOrWhiteSpace(options.GroupId) || options.GroupId.Any(char.IsControl))
            counted.Add(GroupId, "expected the name of a consumer group");
        if (options is { EnableAutoCommit: true, DisableExporterIndefiniteRetry: true })
        {
            counted.Add(
                DisableExporterIndefiniteRetry,
                $"has no meaning with '{EnableAutoCommit}', with which exporters give up as their settings say; remove one of them");
        }

        ValidateAcknowledgement(options, counted);
        if (options.MaxPartitionFetchBytes is < 1 or > MostFetched)
            counted.Add(MaxPartitionFetchBytes, $"expected a whole number from 1 to {MostFetched}");
        if (options.FetchMinBytes is < 1 or > MostGathered)
            counted.Add(FetchMinBytes, $"expected a whole number from 1 to {MostGathered}");
        foreach (var name in options.HeadersToInclude.Where(string.IsNullOrWhiteSpace).Take(1))
            counted.Add(HeadersToInclude, $"names an empty header '{name}'");

        // librdkafka's own judgement takes a client, and says one thing at a time.
        if (counted.Count == 0)
        {
            KafkaClientTrial.Validate(
                ReceiverProperties.Consumer(options, ReceiverProperties.PrefetchBytes(0)), options.CustomConfig, isConsumer: true, counted);
        }

        if (counted.Count == 0 && options.DeadLetterTopic is not null)
        {
            KafkaClientTrial.Validate(ReceiverProperties.DeadLetters(options), options.CustomConfig, isConsumer: false, counted);
        }
    }

    private static void ValidateAcknowledgement(KafkaReceiverOptions options, CountedErrors errors)
    {
        if (!Enum.IsDefined(options.Acknowledgement))
            errors.Add(Acknowledgement, $"expected {SettingForms.OneOf<KafkaAcknowledgement>().Description}");
        if (!options.EndsWhenDurable)
            return;
        if (options.EnableAutoCommit)
            errors.Add(Acknowledgement, $"durable has no meaning with '{EnableAutoCommit}', which commits what was read; remove one of them");
        if (options.DisableExporterIndefiniteRetry)
        {
            errors.Add(
                DisableExporterIndefiniteRetry,
                $"has no meaning with durable in '{Acknowledgement}', with which exporters give up as their settings say; remove one of them");
        }
    }

    private static void ValidateChoices(KafkaReceiverOptions options, CountedErrors errors)
    {
        if (!Enum.IsDefined(options.Format))
            errors.Add(Format, $"expected {SettingForms.OneOf<KafkaFormat>().Description}");
        if (!Enum.IsDefined(options.AutoOffsetReset))
            errors.Add(AutoOffsetReset, $"expected {SettingForms.OneOf<KafkaAutoOffsetReset>().Description}");
        if (!Enum.IsDefined(options.IsolationLevel))
            errors.Add(IsolationLevel, $"expected {SettingForms.OneOf<KafkaIsolationLevel>().Description}");
    }

    private static void ValidateTimes(KafkaReceiverOptions options, CountedErrors errors)
    {
        MillisecondsForm.Validate(options.AutoCommitInterval, 1, Day, AutoCommitInterval, errors);
        MillisecondsForm.Validate(options.SessionTimeout, 1, Hour, SessionTimeout, errors);
        MillisecondsForm.Validate(options.HeartbeatInterval, 1, Hour, HeartbeatInterval, errors);
        MillisecondsForm.Validate(options.MaxPollInterval, 1, Day, MaxPollInterval, errors);
        MillisecondsForm.Validate(options.FetchMaxWait, 0, LongestRequest, FetchMaxWait, errors);
        MillisecondsForm.Validate(options.SocketTimeout, 10, LongestRequest, SocketTimeout, errors);
        MillisecondsForm.Validate(options.MetadataMaxAge, 1, Hour, MetadataMaxAge, errors);
        if (!ReceiverProperties.BrokersDecide(options))
        {
            if (options.HeartbeatInterval >= options.SessionTimeout)
                errors.Add(HeartbeatInterval, $"must be shorter than '{SessionTimeout}', best a third of it or less");
            if (options.MaxPollInterval < options.SessionTimeout)
                errors.Add(MaxPollInterval, $"must not be shorter than '{SessionTimeout}'");
            return;
        }

        const string Problem =
            $"is the brokers' to decide with {ReceiverProperties.GroupProtocol}=consumer in '{KafkaCustomConfig.Name}'; remove it";
        var defaults = new KafkaReceiverOptions();
        if (options.SessionTimeout != defaults.SessionTimeout)
            errors.Add(SessionTimeout, Problem);
        if (options.HeartbeatInterval != defaults.HeartbeatInterval)
            errors.Add(HeartbeatInterval, Problem);
    }

    private static void ValidateTopics(KafkaReceiverOptions options, CountedErrors errors)
    {
        if (!options.Subscribed.Any())
        {
            errors.Add(
                Traces, $"nothing is received: set '{Traces}', '{Metrics}' or '{Logs}' to true, or leave kafka out of the receivers");
        }

        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var before = errors.Count;
        foreach (var (signal, topics) in options.Subscribed)
        {
            var setting = TopicSettingOf(signal);
            if (topics.Count == 0)
                errors.Add(setting, "names no topic; name one, or leave it out for the default");
            foreach (var topic in topics)
            {
                ValidateTopic(topic, setting, errors);
                if (!owners.TryAdd(topic, setting) && owners[topic] != setting)
                    errors.Add(setting, $"names '{topic}', as '{owners[topic]}' does; what a topic holds must be one signal");
            }
        }

        if (options.DeadLetterTopic is not { } deadLetters)
            return;
        KafkaConnectionSettings.ValidateTopic(deadLetters, DeadLetter, errors);
        if (errors.Count == before && new TopicSignals(options).Find(deadLetters) is { } received)
        {
            errors.Add(
                DeadLetter,
                $"is one of the topics of '{TopicSettingOf(received)}', so that what is sent there would be read again; name another");
        }
    }

    private static void ValidateTopic(string topic, string setting, CountedErrors errors)
    {
        if (!TopicSignals.IsPattern(topic))
        {
            KafkaConnectionSettings.ValidateTopic(topic, setting, errors);
            return;
        }

        try
        {
            TopicSignals.ParsePattern(topic);
        }
        catch (ArgumentException)
        {
            errors.Add(setting, $"'{topic}' is not a regular expression without look-around and back references");
        }
    }

    private static string TopicSettingOf(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => TracesTopic,
        OtlpSignal.Metrics => MetricsTopic,
        _ => LogsTopic,
    };

    /// <summary>Knows whether anything was wrong.</summary>
    private sealed class CountedErrors(SettingErrors errors) : SettingErrors
    {
        public int Count { get; private set; }

        public override void Add(string setting, string problem)
        {
            Count++;
            errors.Add(setting, problem);
        }
    }
}
