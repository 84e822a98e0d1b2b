using Rotel.Exporters.ClickHouse;
using Rotel.Memory;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>The pieces a table's rows are sent in.</summary>
public sealed class TableInsertTests
{
    private readonly BufferPool _pool = new(new ByteBudget(1 << 24));

    [Fact]
    public void Pieces_OfMoreThan100Days_HoldNoMore()
    {
        using var insert = Insert(Enumerable.Range(0, 250).Reverse().Select(day => TestBlocks.Of(_pool, $"{day}", day)));

        Assert.Equal([100, 100, 50], insert.Pieces.Select(piece => piece.Blocks.Select(block => block.Day).Distinct().Count()));
        Assert.Equal(Enumerable.Range(0, 250), insert.Pieces.SelectMany(piece => piece.Blocks).Select(block => block.Day));
    }

    [Fact]
    public void Pieces_OverTheServersBlock_HoldNoMore()
    {
        using var rows = Insert(Enumerable.Range(0, 5).Select(i => TestBlocks.Of(_pool, $"{i}", rows: 400_000)));
        using var bytes = Insert(Enumerable.Range(0, 5).Select(i => TestBlocks.Of(_pool, $"{i}", bytes: 80 << 20)));

        Assert.Equal([2, 2, 1], rows.Pieces.Select(piece => piece.Blocks.Count));
        Assert.Equal([2, 2, 1], bytes.Pieces.Select(piece => piece.Blocks.Count));
    }

    [Fact]
    public void Cut_OfOneBlockOrDay_IsNotPossible()
    {
        using var insert = Insert([TestBlocks.Of(_pool, "a"), TestBlocks.Of(_pool, "b")]);

        Assert.False(insert.CutByDays(insert.Pieces[0]));
        Assert.True(insert.CutByBlocks(insert.Pieces[0]));
        Assert.False(insert.CutByBlocks(insert.Pieces[0]));
        Assert.Equal(2, insert.RowsIn(InsertState.Pending));
    }

    [Fact]
    public void Batch_OfManyTables_HasAnInsertForEachAndCountsRows()
    {
        using var batch = new ClickHouseBatch(
            [
                TestBlocks.Of(_pool, "a", rows: 3, table: ClickHouseTable.MetricsGauge),
                TestBlocks.Of(_pool, "b", rows: 4, table: ClickHouseTable.MetricsSum),
                TestBlocks.Of(_pool, "c", rows: 5, table: ClickHouseTable.MetricsGauge),
            ],
            unreadableItems: 2,
            oversizedItems: 1);
        Assert.False(batch.CanRestore);
        Assert.True(batch.ReplacesWireForm);
        Assert.Equal(batch.Charge, _pool.Budget.Reserved);

        batch.Inserts[0].Pieces[0].Deliver();
        batch.Inserts[1].Pieces[0].Reject("no");

        Assert.Equal([ClickHouseTable.MetricsGauge, ClickHouseTable.MetricsSum], batch.Inserts.Select(insert => insert.Table));
        Assert.Equal((8, 7), (batch.DeliveredItems, batch.RejectedItems));
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    private static TableInsert Insert(IEnumerable<Rotel.Exporters.ClickHouse.Native.NativeBlock> blocks) =>
        new(ClickHouseTable.Logs, [.. blocks]);
}
