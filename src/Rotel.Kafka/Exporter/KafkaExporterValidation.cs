using System.Globalization;
using Rotel.Exporters.Http;
using Rotel.Kafka.Connection;
using Rotel.Settings;

namespace Rotel.Kafka.Exporter;

/// <summary>What must hold of the options before anything starts; nothing is connected to.</summary>
internal static class KafkaExporterValidation
{
    /// <summary>The longest time that librdkafka takes in most places.</summary>
    private const int QuarterHour = 900_000;
    private const int FiveMinutes = 300_000;

    /// <summary>For the trial, in which nothing is produced.</summary>
    private const long AnyMemory = 256L << 20;

    public static void Validate(KafkaExporterOptions options, SettingErrors errors)
    {
        var noted = new CountedErrors(errors);
        KafkaConnectionSettings.Validate(options.Brokers, options.ClientId, noted);
        KafkaConnectionSettings.ValidateTopic(options.TracesTopic, KafkaExporterType.TracesTopic, noted);
        KafkaConnectionSettings.ValidateTopic(options.MetricsTopic, KafkaExporterType.MetricsTopic, noted);
        KafkaConnectionSettings.ValidateTopic(options.LogsTopic, KafkaExporterType.LogsTopic, noted);
        if (options.TopicFromAttribute is { } attribute && string.IsNullOrWhiteSpace(attribute))
            noted.Add(KafkaExporterType.TopicFromAttribute, "expected the name of a resource attribute");
        ValidateChoices(options, noted);
        ValidateRanges(options, noted);
        ValidateIdempotence(options, noted);
        if (options.RecordHeaders.Any(header => string.IsNullOrEmpty(header.Key) || header.Value is null))
            noted.Add(KafkaExporterType.RecordHeaders, "a header has no name or no value; write name=value");
        RequestHeaders.Validate(options.MetadataKeys.ToDictionary(name => name, _ => ""), KafkaExporterType.HeadersFromMetadata, noted);
        KafkaSecuritySettings.Validate(options.Security, options.CustomConfig, noted);
        KafkaCustomConfig.Validate(options.CustomConfig, isConsumer: false, noted);

        // Last and only when all else is right: librdkafka stops at the first mistake, and knows nothing of our names.
        if (noted.Count == 0)
            KafkaClientTrial.Validate(ProducerProperties.Of(options, AnyMemory), options.CustomConfig, isConsumer: false, errors);
    }

    private static void ValidateChoices(KafkaExporterOptions options, SettingErrors errors)
    {
        Check(options.Format, KafkaExporterType.Format);
        Check(options.Compression, KafkaExporterType.Compression);
        Check(options.Acks, KafkaExporterType.Acks);
        Check(options.Partitioner, KafkaExporterType.Partitioner);

        void Check<TEnum>(TEnum value, string setting)
            where TEnum : struct, Enum
        {
            if (!Enum.IsDefined(value))
                errors.Add(setting, $"expected {SettingForms.OneOf<TEnum>().Description}");
        }
    }

    private static void ValidateRanges(KafkaExporterOptions options, SettingErrors errors)
    {
        Check(options.MaxMessageBytes, 1000, 1_000_000_000, KafkaExporterType.MaxMessageBytes);
        Check(options.BatchSize, 1, int.MaxValue, KafkaExporterType.BatchSize);
        Check(options.Retries, 0, int.MaxValue, KafkaExporterType.Retries);
        MillisecondsForm.Validate(options.Linger, 0, QuarterHour, KafkaExporterType.Linger, errors);
        MillisecondsForm.Validate(options.RetryBackoff, 1, FiveMinutes, KafkaExporterType.RetryBackoff, errors);
        MillisecondsForm.Validate(options.RetryBackoffMax, 1, FiveMinutes, KafkaExporterType.RetryBackoffMax, errors);
        MillisecondsForm.Validate(options.MessageTimeout, 0, int.MaxValue, KafkaExporterType.MessageTimeout, errors);
        MillisecondsForm.Validate(options.RequestTimeout, 1, QuarterHour, SharedExporterSettings.RequestTimeout, errors);
        if (options.RetryBackoffMax < options.RetryBackoff)
            errors.Add(KafkaExporterType.RetryBackoffMax, $"must not be shorter than '{KafkaExporterType.RetryBackoff}'");
        if (options.MessageTimeout != TimeSpan.Zero && options.MessageTimeout <= options.Linger)
            errors.Add(KafkaExporterType.MessageTimeout, $"must be longer than '{KafkaExporterType.Linger}'");

        void Check(int value, int min, int max, string setting)
        {
            if (value < min || value > max)
            {
                errors.Add(setting, max == int.MaxValue
                    ? string.Create(CultureInfo.InvariantCulture, $"must be {min} or more")
                    : string.Create(CultureInfo.InvariantCulture, $"must be from {min} to {max}"));
            }
        }
    }

    private static void ValidateIdempotence(KafkaExporterOptions options, SettingErrors errors)
    {
        if (options.Idempotent != true)
            return;
        if (options.Acks != KafkaAcks.All)
            errors.Add(KafkaExporterType.Idempotent, $"needs '{KafkaExporterType.Acks}' to be all; set that, or remove this");
        if (options.Retries == 0)
            errors.Add(KafkaExporterType.Idempotent, $"needs '{KafkaExporterType.Retries}' to be 1 or more; set that, or remove this");
    }

    /// <summary>Passes errors on.</summary>
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
