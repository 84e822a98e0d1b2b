namespace Rotel.ClickHouse.Queries;

/// <summary>A point of a counter of the <see cref="ShopTelemetry"/>: the count since <paramref name="Started"/>, in nanoseconds.</summary>
internal sealed record ShopPoint(string Channel, ulong Started, ulong Time, long Value);
