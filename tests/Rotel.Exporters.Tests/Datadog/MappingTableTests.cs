using System.Reflection;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>Every rule of docs/datadog.md is proved by a test that exists.</summary>
public sealed partial class MappingTableTests
{
    private static readonly Dictionary<string, Type> Tests = typeof(MappingTableTests).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal)).DistinctBy(type => type.Name).ToDictionary(type => type.Name);

    public static TheoryData<string> Rows => [.. System.IO.File.ReadLines(Checkout.PathOf("docs/datadog.md"))
        .SkipWhile(line => line != "## The mapping, rule by rule").Where(line => line.StartsWith('|') && !IsHead(line))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_NamesTestsThatExist(string row)
    {
        var names = TestName().Matches(row.Split(" | ")[^1]);
        Assert.NotEmpty(names);
        string? owner = null;
        foreach (Match name in names)
        {
            if (name.Groups["class"].Value is { Length: > 0 } type)
                owner = type;
            Assert.NotNull(owner);
            var method = name.Groups["method"].Value;
            Assert.True(Find(owner) is { } tests && tests.Any(test => Matches(test, method)), $"There is no test {owner}.{method}.");
        }
    }

    /// <summary>The names of the tests in a class; null when there is no such class.</summary>
    private static IEnumerable<string>? Find(string owner)
    {
        if (Tests.TryGetValue(owner, out var type))
            return type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>(inherit: true) is not null).Select(method => method.Name);

        // Cumulative series are tested in the project that has them.
        var file = Checkout.PathOf($"tests/Rotel.Core.Tests/Temporality/{owner}.cs");
        return System.IO.File.Exists(file) ? Declaration().Matches(System.IO.File.ReadAllText(file)).Select(match => match.Groups[1].Value) : null;
    }

    private static bool IsHead(string line) => line.StartsWith("|---", StringComparison.Ordinal) || line.EndsWith("| test |", StringComparison.Ordinal);

    private static bool Matches(string test, string method) =>
        method.EndsWith('*') ? test.StartsWith(method[..^1], StringComparison.Ordinal) : method.Length == 0 || test == method;

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex Declaration();

    /// <summary>Names in backticks; a method without a class belongs to the class named before it.</summary>
    [GeneratedRegex(@"`(?:(?<class>\w+Tests)(?:\.(?<method>\w+\*?|\*))?|(?<method>\w+_\w*\*?))`")]
    private static partial Regex TestName();
}
