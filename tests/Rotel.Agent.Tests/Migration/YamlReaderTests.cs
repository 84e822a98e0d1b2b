using System.Globalization;
using Rotel.Agent.Migration.Yaml;

namespace Rotel.Agent.Tests.Migration;

public sealed class YamlReaderTests
{
    [Fact]
    public void Document_KeepsLinesQuotesAndOrder()
    {
        var root = YamlReader.Read("b: 1\na:\n  - x\n  - \"2\"\nc: ~\n");

        Assert.Equal(["b", "a", "c"], root.Entries!.Select(entry => entry.Key));
        var items = root.Entries![1].Value.Items!;
        Assert.Equal([(3, false), (4, true)], items.Select(item => (item.Line, item.IsQuoted)));
        Assert.True(root.Entries[2].Value.IsNull);
    }

    [Fact]
    public void Anchors_AndMergeKeys_AreFollowed()
    {
        var root = YamlReader.Read("base: &b {x: 1, y: 2}\nmine: {<<: *b, y: 3}\nlist: [*b]\n");

        Assert.Equal(
            [("y", "3"), ("x", "1")], root.Entries![1].Value.Entries!.Select(entry => (entry.Key, entry.Value.Scalar!)));
        Assert.Same(root.Entries[0].Value, root.Entries[2].Value.Items![0]);
    }

    [Theory]
    [InlineData("a: 1\na: 2", "line 2: the key 'a' is there twice")]
    [InlineData("a: *b", "line 1: *b names nothing before it")]
    [InlineData("a: [1", "line ")]
    [InlineData("", "There is nothing in it")]
    [InlineData("? [a]\n: 1", "line 1: a key that is not text")]
    [InlineData("<<: 1", "line 1: << takes mappings only")]
    public void Text_Wrong_IsSaidWithItsLine(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => YamlReader.Read(text)).Message, StringComparison.Ordinal);

    /// <summary>Each line repeats the one before nine times: a thousand million values in a few hundred characters.</summary>
    [Fact]
    public void Anchors_ThatMultiply_AreBounded()
    {
        var lines = Enumerable.Range(1, 9).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]"));

        var error = Assert.Throws<FormatException>(() => YamlReader.Read($"a0: &a0 [x]\n{string.Join('\n', lines)}\n"));

        Assert.Contains("more than 100000 values", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Nesting_IsBounded(char opening) => Assert.Throws<FormatException>(() => YamlReader.Read(new string(opening, 100_000)));

    [Fact]
    public void Nesting_OfLists_IsBounded() =>
        Assert.Throws<FormatException>(() => YamlReader.Read(string.Concat(Enumerable.Repeat("- ", 100_000))));
}
