using Rotel.Throughput;

namespace Rotel.Guest.Hosts;

/// <summary>What the driver tells a host.</summary>
/// <param name="Variant">One of <see cref="HostVariant"/>.</param>
/// <param name="Backend">The base URL, over HTTP, of whoever takes what leaves the process.</param>
/// <param name="LoopbackPort">Where <see cref="HostVariant.Loopback"/> listens; the SDK is told before anybody listens there.</param>
/// <param name="Gzip">Whether Rotel compresses what it sends there; the SDK's own exporter takes that from its environment.</param>
internal sealed record HostSettings(string Variant, Uri Backend, int LoopbackPort, bool Gzip)
{
    public static HostSettings From(Flags flags)
    {
        var settings = new HostSettings(
            flags.OneOf("variant", HostVariant.Plain, [.. HostVariant.All]),
            new Uri(flags.Text("backend", "http://127.0.0.1:4318")),
            flags.Count("loopback-port", 14318),
            flags.Switch("gzip"));
        flags.RefuseUnknown();
        return settings;
    }

    public IEnumerable<string> ToArguments() =>
    [
        "--variant", Variant, "--backend", Backend.ToString(), "--loopback-port", $"{LoopbackPort}", .. Gzip ? ["--gzip"] : (string[])[],
    ];
}
