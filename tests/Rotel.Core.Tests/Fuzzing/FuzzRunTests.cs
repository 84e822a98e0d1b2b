using Rotel.TestKit.Fuzzing;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>The runner finds what it should, and says so in a form that can be replayed.</summary>
public sealed class FuzzRunTests
{
    [Fact]
    public async Task Check_LawBehindThreeSteps_IsFoundByItsOutcomesAndShortened()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => FuzzRun.CheckAsync(new Toy(), seed: 1, bodies: 100_000));

        Assert.Contains("ROTEL_TEST_SEED=1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Never three.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("abc"u8), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NoLawBroken_SaysHowManyItChecked()
    {
        var said = new List<string>();

        await FuzzRun.CheckAsync(new Toy(), seed: 1, bodies: 3, said.Add);

        Assert.StartsWith("toy: 3 bodies, ROTEL_TEST_SEED=1, ", Assert.Single(said), StringComparison.Ordinal);
    }

    /// <summary>Blind changes of one byte would have to guess three at once; each that is right is an outcome of its own.</summary>
    private sealed class Toy : FuzzTarget
    {
        public override string Name => "toy";

        public override IEnumerable<byte[]> Seeds(int seed) => [new byte[8]];

        public override byte[] Mutate(Random random, byte[] known, byte[] other)
        {
            var mutated = (byte[])known.Clone();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            return mutated;
        }

        public override string Check(byte[] body)
        {
            var right = body.AsSpan().CommonPrefixLength("abc"u8);
            Law(right < 3, "Never three.");
            return $"{right}";
        }
    }
}
