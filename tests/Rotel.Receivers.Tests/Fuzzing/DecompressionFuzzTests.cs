using Rotel.TestKit;
using Rotel.TestKit.Fuzzing;

namespace Rotel.Receivers.Fuzzing;

public sealed class DecompressionFuzzTests
{
    [Fact]
    public Task AnyBody_HoldsTheLaws() => FuzzRun.CheckAsync(new DecompressionFuzz(), seed: 1, bodies: 1_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task AnyFreshBody_HoldsTheLaws() =>
        FuzzRun.CheckAsync(new DecompressionFuzz(), FreshSeed.Value, FuzzBodies.Or(40_000), TestContext.Current.TestOutputHelper!.WriteLine);
}
