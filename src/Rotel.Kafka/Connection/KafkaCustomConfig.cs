using Rotel.Settings;

namespace Rotel.Kafka.Connection;

/// <summary>The row <c>custom_config</c>: properties of librdkafka as they are, which override all others.</summary>
internal static class KafkaCustomConfig
{
    public const string Name = "custom_config";

    /// <summary>Properties that are Rotel's own, with the reason.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = $"is what '{KafkaConnectionSettings.Brokers}' sets",
        ["metadata.broker.list"] = $"is what '{KafkaConnectionSettings.Brokers}' sets",
        ["enabled_events"] = "would keep results from Rotel",
        ["log.queue"] = "would keep librdkafka's log from Rotel",
    };

    private static readonly Dictionary<string, string> RefusedForProducers = new(StringComparer.Ordinal)
    {
        ["delivery.report.only.error"] = "would keep results from Rotel, so that nothing counted as delivered",
        ["dotnet.producer.enable.delivery.reports"] = "would keep results from Rotel, so that nothing counted as delivered",
        ["dotnet.producer.delivery.report.fields"] = "would keep results from Rotel, so that nothing counted as delivered",
        ["dotnet.producer.enable.background.poll"] = "would keep results from Rotel, so that nothing counted as delivered",
        ["transactional.id"] = "is for transactions, which Rotel does not use",
        ["transaction.timeout.ms"] = "is for transactions, which Rotel does not use",
        ["group.id"] = "is a consumer's",
        ["group.instance.id"] = "is a consumer's",
        ["enable.auto.commit"] = "is a consumer's",
        ["auto.commit.enable"] = "is a consumer's",
        ["enable.auto.offset.store"] = "is a consumer's",
        ["auto.offset.reset"] = "is a consumer's",
    };

    private static readonly Dictionary<string, string> RefusedForConsumers = new(StringComparer.Ordinal)
    {
        ["group.id"] = "is what 'group_id' sets",
        ["enable.auto.commit"] = "is what 'enable_auto_commit' sets",
        ["auto.commit.enable"] = "is what 'enable_auto_commit' sets",
        ["enable.auto.offset.store"] = "would commit what is not delivered yet",
        ["offset.store.method"] = "would commit what is not delivered yet",
        ["dotnet.consumer.consume.result.fields"] = "would keep parts of records from Rotel",
    };

    public static Setting Row<TOptions>(Func<TOptions, IDictionary<string, string>> of)
        where TOptions : class =>
        new Setting<TOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            Name, SettingForms.Pairs, "Properties of librdkafka as name=value; they override what all other settings say.",
            options => of(options) is { Count: > 0 } pairs ? pairs.ToArray() : null,
            (options, value) =>
            {
                foreach (var (name, text) in value)
                    of(options)[name] = text;
            })
        {
            IsSecret = true,
            WhenUnset = "none",
        };

    /// <summary>Refuses properties that would break what Rotel promises.</summary>
    public static void Validate(IDictionary<string, string> custom, bool isConsumer, SettingErrors errors)
    {
        var refused = isConsumer ? RefusedForConsumers : RefusedForProducers;
        foreach (var name in custom.Keys.Order(StringComparer.Ordinal))
        {
            if (refused.TryGetValue(name, out var reason) || Refused.TryGetValue(name, out reason))
                errors.Add(Name, $"the property '{name}' {reason}; remove it");
        }
    }
}
