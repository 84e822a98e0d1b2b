using System.Reflection;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Processors.Detection;

/// <summary>Holds <c>docs/resource-detection.md</c> to the code: every attribute has a row, and every row names the tests that find it.</summary>
public sealed partial class ResourceDetectionPageTests
{
    private static readonly string Page = File.ReadAllText(Checkout.PathOf("docs", "resource-detection.md"));

    [Fact]
    public void Attributes_AreThoseOfTheTables()
    {
        var names = typeof(ResourceAttributeNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Select(name => name == ResourceAttributeNames.K8sPodLabelPrefix ? name + "<name>" : name);

        var rows = Rows().Matches(Page).SelectMany(row => Names().Matches(row.Groups["names"].Value)).Select(name => name.Groups[1].Value);

        Assert.Equal(names.Order(StringComparer.Ordinal), rows.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_OfTheTables_AreThere()
    {
        var tests = Rows().Matches(Page).Select(row => row.Groups["test"].Value).Distinct().ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.NotNull(GetType().Assembly.GetType($"{GetType().Namespace}.{test}")));
    }

    // | `name`, `other name` | source | platform | `Tests` |
    [GeneratedRegex(@"^\| (?<names>`[a-z].*?) \| .*? \| .*? \| `(?<test>\w+Tests)` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Names();
}
