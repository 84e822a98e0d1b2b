using Rotel.Delivery;
using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse;

/// <summary>
/// A batch as rows: an insert for each table that has any. It is cut by the exporter itself, at the boundaries of its blocks, so the wire
/// form is not kept beside it. Blocks are let go as soon as they are delivered.
/// </summary>
internal sealed class ClickHouseBatch : EncodedBatch
{
    /// <param name="blocks">The rows, those of one table in order; this takes ownership.</param>
    /// <param name="unreadableItems">Items that are not protobuf; they count as rejected.</param>
    /// <param name="oversizedItems">Items for whose rows the memory does not suffice; they count as rejected, too.</param>
    public ClickHouseBatch(IReadOnlyList<NativeBlock> blocks, long unreadableItems, long oversizedItems = 0)
    {
        UnreadableItems = unreadableItems;
        OversizedItems = oversizedItems;
        Charge = blocks.Sum(block => block.Charge);
        Inserts = [.. blocks.GroupBy(block => block.Table).Select(table => new TableInsert(table.Key, [.. table]))];
    }

    public IReadOnlyList<TableInsert> Inserts { get; }

    public long UnreadableItems { get; }

    public long OversizedItems { get; }

    /// <summary>What the whole batch was charged; some of it may be free again.</summary>
    public override long Charge { get; }

    public override bool CanRestore => false;

    public override bool ReplacesWireForm => true;

    /// <summary>A row is an item, in every table.</summary>
    public override long DeliveredItems => Inserts.Sum(insert => insert.RowsIn(InsertState.Delivered));

    public long RejectedItems => UnreadableItems + OversizedItems + Inserts.Sum(insert => insert.RowsIn(InsertState.Rejected));

    public override void Restore(Span<byte> wireForm) => throw new NotSupportedException();

    public override void Dispose()
    {
        foreach (var insert in Inserts)
            insert.Dispose();
    }
}
