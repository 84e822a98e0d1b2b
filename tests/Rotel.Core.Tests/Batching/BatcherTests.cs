using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

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
                batcher.Add(payload, completion: null, closed);
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
        batcher.Add(Payload(items: 6), completion: null, closed);
        batcher.Add(Payload(items: 3), completion: null, closed);
        Assert.Empty(closed);
        batcher.Add(Payload(items: 1), completion: null, closed);
        Assert.Equal(10, Assert.Single(closed).ItemCount);
        closed.Dequeue().Dispose();
    }

    [Fact]
    public void Add_MetadataThatMatters_IsTheSameInABatch()
    {
        var batcher = new Batcher(OtlpSignal.Traces, new BatchLimits(100, 10_000, TimeSpan.FromSeconds(1)), _ => { }, ["tenant"]);
        var closed = new Queue<OtlpBatch>();
        RequestMetadata?[] arriving =
        [
            Metadata(("tenant", "a")), Metadata(("tenant", "a"), ("other", "1")), Metadata(("tenant", "b")), null, Metadata(("other", "2")),
            Metadata(("tenant", "b")),
        ];
        foreach (var metadata in arriving)
        {
            batcher.Add(
                new OtlpPayload(OtlpSignal.Traces, Pool.RentOverdraft(50), 50, 1) { Metadata = metadata }, completion: null, closed);
        }

        batcher.CloseInto(closed);

        Assert.Equal([2, 1, 2, 1], closed.Select(batch => batch.Payloads.Count));
        Assert.Equal([Metadata(("tenant", "a")), Metadata(("tenant", "b")), null, Metadata(("tenant", "b"))], closed.Select(batch => batch.Metadata));
        foreach (var batch in closed)
            batch.Dispose();

        static RequestMetadata Metadata(params (string Name, string Value)[] headers) =>
            new(headers.Select(header => KeyValuePair.Create(header.Name, header.Value)));
    }

    private static OtlpPayload Payload(Random random) => Payload(random.Next(1, 12), random.Next(1, 900), random.Next(8) == 0);

    private static OtlpPayload Payload(int items, int length = 50, bool alone = false) =>
        new(OtlpSignal.Traces, Pool.RentOverdraft(length), length, items) { TravelsAlone = alone };
}
