using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Architecture;

/// <summary>Links between the pages of this repository lead somewhere, down to the heading.</summary>
public sealed partial class DocumentationLinkTests
{
    private static readonly string[] Roots = ["docs", "samples", "benchmarks"];

    [Fact]
    public void Links_OfEveryPage_LeadToAFileAndAHeading()
    {
        var pages = Roots.SelectMany(root => Directory.EnumerateFiles(Checkout.PathOf(root), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Checkout.Root, "*.md"))
            .ToArray();

        Assert.Contains(pages, page => page.EndsWith("operation.md", StringComparison.Ordinal));
        Assert.Empty(pages.SelectMany(BrokenLinksOf));
    }

    private static IEnumerable<string> BrokenLinksOf(string page)
    {
        foreach (var link in Link().Matches(TextOf(page)).Select(match => match.Groups["target"].Value))
        {
            if (link.Contains(':', StringComparison.Ordinal))
                continue;
            var parts = link.Split('#', 2);
            var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
            if (!Path.Exists(file) || (parts is [_, var anchor] && !Headings(file).Contains(anchor)))
                yield return $"{Path.GetRelativePath(Checkout.Root, page)}: {link}";
        }
    }

    /// <summary>Without code, in which brackets are no links.</summary>
    private static string TextOf(string page) => Code().Replace(File.ReadAllText(page), "");

    /// <summary>As GitHub names them.</summary>
    private static IEnumerable<string> Headings(string page) => Heading().Matches(Fence().Replace(File.ReadAllText(page), ""))
        .Select(match => NotInAnchors().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
