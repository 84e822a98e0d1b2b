using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse;

/// <summary>What a batch became.</summary>
/// <param name="Blocks">By table and day; the receiver's, who disposes them.</param>
/// <param name="UnreadableItems">Items of bodies that are not protobuf throughout, which only our own process can hand over.</param>
/// <param name="OversizedItems">Items left out because the rows of the batch would have become larger than the memory budget.</param>
internal readonly record struct EncodedRows(IReadOnlyList<NativeBlock> Blocks, long UnreadableItems, long OversizedItems);
