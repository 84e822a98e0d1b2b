using Rotel.TestKit;
using Rotel.TestKit.Fuzzing;

namespace Rotel.Core.Tests.Fuzzing;

public sealed class ValidatorFuzzTests
{
    [Fact]
    public Task AnyBody_HoldsTheLaws() => FuzzRun.CheckAsync(new ValidatorFuzz(), seed: 1, bodies: 1_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task AnyFreshBody_HoldsTheLaws() =>
        FuzzRun.CheckAsync(new ValidatorFuzz(), FreshSeed.Value, FuzzBodies.Or(30_000), TestContext.Current.TestOutputHelper!.WriteLine);
}
