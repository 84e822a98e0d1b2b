using System.Text;
using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Conformance;

/// <summary>Makes <c>docs/otlp-conformance.md</c> from the checklist and from the tests that claim to prove its rows.</summary>
internal static partial class ConformancePage
{
    private const string Opening = """
        # OTLP, row by row

        What the [OTLP specification](https://opentelemetry.io/docs/specs/otlp/) asks, and the tests that prove it here. This page is made from
        `tests/Rotel.Tests/Conformance/OtlpChecklist.cs` and from the `[Proves]` attributes of the tests; a row that no test proves is a failing test.
        One class runs with `dotnet test --project tests/PROJECT -- --filter-class "*CLASS*"`.

        """;

    /// <summary>The tests by the row they prove, from the sources of all test projects.</summary>
    public static ILookup<string, string> Proofs() => (
        from file in Directory.EnumerateFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        let text = File.ReadAllText(file)
        where text.Contains("[Proves(", StringComparison.Ordinal)
        from test in ProvingTest().Matches(text)
        from row in ProvenRow().Matches(test.Groups["attributes"].Value)
        select (
            Row: row.Groups["id"].Value,
            Test: $"`{Path.GetFileNameWithoutExtension(file)}.{test.Groups["name"].Value}`")).ToLookup(proof => proof.Row, proof => proof.Test);

    public static string Write(ILookup<string, string> proofs)
    {
        var page = new StringBuilder(Opening);
        Append(page, "Server", OtlpChecklist.Server, proofs);
        Append(page, "Client", OtlpChecklist.Client, proofs);
        return page.ToString();
    }

    private static void Append(
        StringBuilder page,
        string side,
        IEnumerable<(string Section, string Link, IReadOnlyList<OtlpRow> Rows)> sections,
        ILookup<string, string> proofs)
    {
        page.Append($"\n## {side}\n");
        foreach (var (section, link, rows) in sections)
        {
            page.Append($"\n### [{section}]({link})\n\n| | what is asked | proved by |\n|---|---|---|\n");
            foreach (var row in rows)
            {
                var proof = row.LeftOut is { } reason
                    ? $"Left out. {reason}"
                    : string.Join("<br>", proofs[row.Id].Distinct().Order(StringComparer.Ordinal));
                page.Append($"| {row.Level.ToString().ToUpperInvariant()} | {row.Text} | {proof} |\n");
            }
        }
    }

    [GeneratedRegex(@"(?<attributes>(?:^ *\[.*\]\r?\n(?: +.*\)\]\r?\n)*)+) *public (?:static )?(?:async )?[\w<>]+ (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ProvingTest();

    [GeneratedRegex(@"\[Proves\(""(?<id>[^""]+)""\)\]")]
    private static partial Regex ProvenRow();
}
