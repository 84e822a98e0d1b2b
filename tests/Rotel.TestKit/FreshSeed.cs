using System.Globalization;

namespace Rotel.TestKit;

/// <summary>
/// Where a test begins that draws something new in every run. The seed stands in the test's output and in the message of what fails;
/// <c>ROTEL_TEST_SEED</c> repeats a run.
/// </summary>
public static class FreshSeed
{
    /// <summary>The variable that holds the seed to repeat.</summary>
    public const string Variable = "ROTEL_TEST_SEED";

    /// <summary>The seed of this run, the same for all who ask; far below the largest number, so that one can count on from it.</summary>
    public static int Value { get; } = Read() ?? Random.Shared.Next(1_000_000, 1_000_000_000);

    private static int? Read() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
