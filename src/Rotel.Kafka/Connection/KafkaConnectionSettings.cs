using Rotel.Settings;

namespace Rotel.Kafka.Connection;

/// <summary>The rows and checks of brokers, topics and the client's name, for exporter and receiver.</summary>
internal static class KafkaConnectionSettings
{
    public const string Brokers = "brokers";
    public const string ClientId = "client_id";

    /// <summary>What is connected to where nothing else is said.</summary>
    public const string DefaultBroker = "localhost:9092";

    public static IEnumerable<Setting> Rows<TOptions>(
        Func<TOptions, IList<string>> brokers, Func<TOptions, string> clientId, Action<TOptions, string> setClientId)
        where TOptions : class
    {
        yield return new Setting<TOptions, IReadOnlyList<string>>(
            Brokers, SettingForms.List, "Brokers to start from, as host:port; the others of the cluster are learned from them.",
            options => brokers(options) is { Count: > 0 } all ? all.ToArray() : null,
            (options, value) =>
            {
                brokers(options).Clear();

                // Nothing but commas is a mistake, and not the wish for the default.
                foreach (var broker in value.DefaultIfEmpty(""))
                    brokers(options).Add(broker);
            })
        {
            Aliases = ["bootstrap_servers"],
            WhenUnset = $"`{DefaultBroker}`",
        };
        yield return new Setting<TOptions, string>(
            ClientId, SettingForms.Text, "The name that brokers know the client by in their logs, metrics and quotas.",
            options => clientId(options), setClientId);
    }

    public static void Validate(IEnumerable<string> brokers, string? clientId, SettingErrors errors)
    {
        foreach (var problem in brokers.Select(KafkaName.BrokerProblem).OfType<string>().Distinct())
            errors.Add(Brokers, problem);
        if (string.IsNullOrWhiteSpace(clientId) || clientId.Any(char.IsControl))
            errors.Add(ClientId, "expected a name without control characters");
    }

    public static void ValidateTopic(string? topic, string setting, SettingErrors errors)
    {
        if (KafkaName.TopicProblem(topic) is { } problem)
            errors.Add(setting, problem);
    }
}
