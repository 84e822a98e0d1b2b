using System.Globalization;

namespace Rotel.TestKit.Fuzzing;

/// <summary>How many bodies the slow runs of fuzzing check.</summary>
public static class FuzzBodies
{
    /// <summary>The variable that asks for more than the slow tests do, for each target.</summary>
    public const string Variable = "ROTEL_TEST_FUZZ_BODIES";

    /// <summary>Whether somebody asked for a run of their own length.</summary>
    public static bool AreAskedFor => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>What the variable says, or else <paramref name="usual"/>.</summary>
    public static int Or(int usual) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : usual;
}
