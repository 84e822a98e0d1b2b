using Rotel.TestKit;
using Rotel.TestKit.Fuzzing;

namespace Rotel.Core.Tests.Fuzzing;

public sealed class JsonFuzzTests
{
    [Fact]
    public Task AnyText_HoldsTheLaws() => FuzzRun.CheckAsync(new JsonFuzz(), seed: 1, bodies: 1_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task AnyFreshText_HoldsTheLaws() =>
        FuzzRun.CheckAsync(new JsonFuzz(), FreshSeed.Value, FuzzBodies.Or(30_000), TestContext.Current.TestOutputHelper!.WriteLine);
}
