using Rotel.Engine;

namespace Rotel.Pipelines;

public sealed class DeliveryCompletionTests
{
    [Theory]
    [InlineData(new[] { DeliveryStatus.Delivered, DeliveryStatus.Delivered }, DeliveryStatus.Delivered)]
    [InlineData(new[] { DeliveryStatus.Rejected, DeliveryStatus.Delivered }, DeliveryStatus.Rejected)]
    [InlineData(new[] { DeliveryStatus.Delivered, DeliveryStatus.Abandoned, DeliveryStatus.Rejected }, DeliveryStatus.Abandoned)]
    internal void Complete_LastPart_ReportsTheWorst(DeliveryStatus[] parts, DeliveryStatus expected)
    {
        var completion = new CountedCompletion();
        completion.AddPending(parts.Length);
        completion.Complete(DeliveryStatus.Delivered);
        foreach (var part in parts)
        {
            Assert.Empty(completion.Reports);
            completion.Complete(part);
        }

        Assert.Equal([expected], completion.Reports);
    }

    [Fact]
    public void Complete_PartsAreSplitAndFinishedByManyThreads_ReportsOnceTheWorst()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var completion = new CountedCompletion();
            completion.AddPending(64);
            completion.Complete(DeliveryStatus.Delivered);
            var worst = (DeliveryStatus)(seed % 3);
            Parallel.For(0, 64, i =>
            {
                completion.AddPending(2);
                completion.Complete(DeliveryStatus.Delivered);
                completion.Complete(i == 17 ? worst : DeliveryStatus.Delivered);
                completion.Complete(DeliveryStatus.Delivered);
            });

            Assert.Equal([worst], completion.Reports);
        }
    }
}
