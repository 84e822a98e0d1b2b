using System.Globalization;

namespace Rotel.TestKit;

/// <summary>
/// How much a long test does: a part of it by itself, all of it on command, by a variable that <c>CONTRIBUTING.md</c> names.
/// </summary>
public static class RunLength
{
    /// <summary>How often the process of each variant of the crash tests is killed; all four together a little more than ten times.</summary>
    public static int Kills { get; } = Read("ROTEL_TEST_KILLS", 3);

    /// <summary>How long a destination is away, in seconds.</summary>
    public static TimeSpan Outage { get; } = TimeSpan.FromSeconds(Read("ROTEL_TEST_OUTAGE", 12));

    /// <summary>How long the soak lasts, in seconds.</summary>
    public static TimeSpan Soak { get; } = TimeSpan.FromSeconds(Read("ROTEL_TEST_SOAK", 120));

    private static int Read(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : otherwise;
}
