namespace Rotel.Configuration;

/// <summary>What is a package of its own, and what to do about its absence.</summary>
internal static class OtherPackages
{
    public const string Kafka = "needs the package Rotel.Kafka and a call of rotel.AddKafka() in the application";
}
