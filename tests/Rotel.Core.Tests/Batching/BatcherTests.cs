using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Batching;

public sealed class BatcherTests
{
    private static readonly BufferPool Pool = new(new ByteBudget(1024 * 1024 * 1024));

    [Fact]
    public void Add_AnyPayloads_KeepsOrderLimitsAndEveryPayload()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var limits = new BatchLimits(random.Next(1, 20), random.Next(10, 3000), TimeSpan.FromSeconds(1));
            var opened = 0;
            var batcher = new Batcher(OtlpSignal.Traces, limits, _ => opened++);
            var closed = new Queue<OtlpBatch>();
            var payloads = Enumerable.Range(0, random.Next(60)).Select(_ => Payload(random)).ToList();
            foreach (var payload in payloads)
            {
                batcher.Add(payload, closed);
                Assert.True(batcher.Open is null || !limits.AreReachedBy(batcher.Open));
            }

            batcher.CloseInto(closed);
            batcher.CloseInto(closed);

            Assert.Null(batcher.Open);
            Assert.Equal(opened, closed.Count);
            Assert.Equal(payloads, closed.SelectMany(batch => batch.Payloads));
            foreach (var batch in closed)
            {
                Assert.Equal(batch.Payloads.Sum(payload => payload.ItemCount), batch.ItemCount);
                Assert.Equal(batch.Payloads.Sum(payload => (long)payload.Length), batch.WireLength);
                Assert.Equal(batch.Payloads.Sum(payload => (long)payload.Charge), batch.Charge);
                Assert.True(batch.Payloads.Count == 1 || limits.Allow(batch.ItemCount, batch.WireLength));
                Assert.True(batch.Payloads.Count == 1 || !batch.TravelsAlone);
                batch.Dispose();
            }
        }

        Assert.Equal(0, Pool.Budget.Reserved);
    }

    [Fact]
    public void Add_NextPayloadStillFits_BatchIsNotClosedEarly()
    {
        var batcher = new Batcher(OtlpSignal.Traces, new BatchLimits(10, 10_000, TimeSpan.FromSeconds(1)), _ => { });
        var closed = new Queue<OtlpBatch>();
        batcher.Add(Payload(items: 6), closed);
        batcher.Add(Payload(items: 3), closed);
        Assert.Empty(closed);
        batcher.Add(Payload(items: 1), closed);
        Assert.Equal(10, Assert.Single(closed).ItemCount);
        closed.Dequeue().Dispose();
    }

    private static OtlpPayload Payload(Random random) => Payload(random.Next(1, 12), random.Next(1, 900), random.Next(8) == 0);

    private static OtlpPayload Payload(int items, int length = 50, bool alone = false) =>
        new(OtlpSignal.Traces, Pool.RentOverdraft(length), length, items) { TravelsAlone = alone };
}
