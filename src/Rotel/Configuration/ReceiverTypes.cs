namespace Rotel.Configuration;

/// <summary>The words that name receivers.</summary>
internal static class ReceiverTypes
{
    /// <summary>The receiver that comes with Rotel; its options are those of the collector itself.</summary>
    public const string Otlp = "otlp";

    /// <summary>Why a receiver that other members of the family have is not here; null for a word nobody knows.</summary>
    public static string? WhyNot(string name) => name switch
    {
        "kafka" => $"the receiver kafka {OtherPackages.Kafka}",
        "fluent" or "file" or "kmsg" => $"the receiver {name} is not supported by this version yet",
        _ => null,
    };
}
