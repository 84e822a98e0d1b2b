namespace Rotel.Throughput.Drive;

/// <summary>One way to load a collector. In and out use the same transport and compression.</summary>
/// <param name="ItemsPerSecond">0 for as fast as the answers come.</param>
internal sealed record Scenario(string Name, Transport Transport, bool Gzip, double ItemsPerSecond)
{
    /// <summary>The standard set: the four ways at maximum rate, then fixed rates without compression.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("http", Transport.Http, Gzip: false, ItemsPerSecond: 0),
        new("grpc", Transport.Grpc, Gzip: false, ItemsPerSecond: 0),
        new("http-gzip", Transport.Http, Gzip: true, ItemsPerSecond: 0),
        new("grpc-gzip", Transport.Grpc, Gzip: true, ItemsPerSecond: 0),
        new("http-10k", Transport.Http, Gzip: false, ItemsPerSecond: 10_000),
        new("http-50k", Transport.Http, Gzip: false, ItemsPerSecond: 50_000),
        new("http-100k", Transport.Http, Gzip: false, ItemsPerSecond: 100_000),
        new("grpc-10k", Transport.Grpc, Gzip: false, ItemsPerSecond: 10_000),
        new("grpc-50k", Transport.Grpc, Gzip: false, ItemsPerSecond: 50_000),
        new("grpc-100k", Transport.Grpc, Gzip: false, ItemsPerSecond: 100_000),
    ];

    /// <summary>The scenario in words, for a reader of the table.</summary>
    public string Title
    {
        get
        {
            var transport = Transport == Transport.Grpc ? "gRPC" : "HTTP";
            var compression = Gzip ? " gzip" : "";
            var rate = ItemsPerSecond > 0 ? $"at {ItemsPerSecond / 1000:0}k/s" : "at maximum";
            return $"{transport}{compression} -> {transport}{compression} {rate}";
        }
    }
}
