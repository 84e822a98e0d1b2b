using Rotel.Configuration;
using Rotel.Tests.Configuration;

namespace Rotel.Sharing;

public sealed class AgentFingerprintTests
{
    private static readonly string[] Vendor =
    [
        "ROTEL_EXPORTERS=vendor:otlp,sink:blackhole",
        "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com",
        "ROTEL_EXPORTERS_TRACES=vendor,sink",
        "ROTEL_EXPORTERS_LOGS=sink",
    ];

    [Fact]
    public void Fingerprint_IsThatOfTheSamePlaces()
    {
        var expected = Of(Vendor);

        Assert.Matches("^[0-9a-f]{32}$", expected);
        Assert.Equal(expected, Of(Vendor));
        Assert.Equal(expected, Of(["ROTEL_EXPORTERS=sink:blackhole,vendor:otlp", .. Vendor[1..]]));
        Assert.Equal(expected, Of([.. Vendor, "ROTEL_BATCH_TIMEOUT=7s", "ROTEL_EXPORTER_VENDOR_BATCH_MAX_SIZE=3"]));
    }

    [Fact]
    public void Secrets_AreNoPartOfIt() =>
        Assert.Equal(Of([.. Vendor, "ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=key=one"]), Of([.. Vendor, "ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=key=two"]));

    [Fact]
    public void Fingerprint_IsAnotherWhereSomethingElseIsSent()
    {
        string[][] others =
        [
            [Vendor[0], "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.org", .. Vendor[2..]],
            ["ROTEL_EXPORTERS=vendor:otlp,drain:blackhole", Vendor[1], "ROTEL_EXPORTERS_TRACES=vendor,drain", "ROTEL_EXPORTERS_LOGS=drain"],
            [.. Vendor[..3], "ROTEL_EXPORTERS_LOGS=vendor"],
            [.. Vendor, "ROTEL_EXPORTERS_METRICS=sink"],
            [.. Vendor, "ROTEL_EXPORTER_VENDOR_PROTOCOL=http"],
        ];

        Assert.Equal(others.Length + 1, others.Append(Vendor).Select(Of).Distinct().Count());
    }

    private static string Of(string[] variables) => AgentFingerprint.Of(RotelConfiguration.Load(Sources.Environment(variables)));
}
