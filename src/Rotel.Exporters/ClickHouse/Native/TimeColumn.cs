using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>DateTime64(9): nanoseconds since 1970 in UTC. What is later than it can hold, in April 2262, becomes its last moment.</summary>
internal sealed class TimeColumn(BufferPool pool) : ValueColumn("DateTime64(9)", pool)
{
    public void Append(ulong unixNano) => Values.WriteUInt64(Math.Min(unixNano, long.MaxValue));
}
