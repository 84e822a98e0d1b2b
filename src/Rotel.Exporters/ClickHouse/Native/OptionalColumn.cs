using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>A column that not every table of its kind has; whether it is sent is decided when the table is known.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Body">The bytes as they are sent; owned by the block.</param>
internal readonly record struct OptionalColumn(string Name, PooledSegments Body);
