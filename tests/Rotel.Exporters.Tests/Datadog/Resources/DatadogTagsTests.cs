using System.Text;
using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Tests.Datadog.Resources;

public sealed class DatadogTagsTests
{
    /// <summary>Texts, and what the agent makes of them as tag and as value.</summary>
    public static TheoryData<string, string, string> Tags => new()
    {
        { string.Empty, string.Empty, string.Empty },
        { "ok", "ok", "ok" },
        { "key:value-1.2/3", "key:value-1.2/3", "key:value-1.2/3" },
        { "ONE TWO", "one_two", "one_two" },
        { "A:B", "a:b", "a:b" },
        { "with__two", "with_two", "with_two" },
        { "ends_", "ends", "ends" },
        { "ends!!!", "ends", "ends" },
        { "a##b##c", "a_b_c", "a_b_c" },
        { "_starts", "starts", "_starts" },
        { "1starts", "starts", "1starts" },
        { "###x", "x", "_x" },
        { "...", string.Empty, "..." },
        { "#####", string.Empty, string.Empty },
        { ":dots:", ":dots:", ":dots:" },
        { "ÄÖÜ Straße", "äöü_straße", "äöü_straße" },
        { "日本語", "日本語", "日本語" },
        { "fox 🦊 fox", "fox_fox", "fox_fox" },
        { "İstanbul", "İstanbul", "İstanbul" },
        { "x\u0664", "x\u0664", "x\u0664" },
        { "tab\tand\nline", "tab_and_line", "tab_and_line" },
    };

    [Theory]
    [MemberData(nameof(Tags))]
    public void Text_IsAsTheAgentHasIt(string text, string tag, string value)
    {
        Assert.Equal(tag, Normalize(text));
        Assert.Equal(value, NormalizeValue(text));
    }

    [Fact]
    public void LongText_IsCutAt200Characters()
    {
        Assert.Equal(new string('a', 200), Normalize(new string('a', 201)));
        Assert.Equal(new string('a', 200), NormalizeValue(new string('A', 1000)));
        Assert.Equal(new string('é', 200), Normalize(new string('é', 300)));
        Assert.Equal(string.Concat(Enumerable.Repeat("日", 134)), Normalize(string.Concat(Enumerable.Repeat("日", 200))));
        Assert.Equal("a", Normalize("a" + new string('!', 500) + "b"));
    }

    [Fact]
    public void NormalText_IsReturnedAsItIs()
    {
        var tag = "service:orders-api_v2"u8.ToArray();

        Assert.True(DatadogTags.Normalize(tag, default) == tag);
        Assert.True(DatadogTags.NormalizeValue(tag, default) == tag);
    }

    [Fact]
    public void BrokenText_StaysInItsRoom()
    {
        var random = new Random(6);
        Span<byte> room = stackalloc byte[DatadogTags.Room];
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(600)];
            random.NextBytes(bytes);
            var normal = DatadogTags.Normalize(bytes, room).ToArray();
            Assert.Equal(normal, DatadogTags.Normalize(normal, room).ToArray());
        }
    }

    [Theory]
    [InlineData("Orders API", "", "orders_api")]
    [InlineData("", "", "unnamed-service")]
    [InlineData("", "dotnet", "unnamed-dotnet-service")]
    [InlineData("###", "dotnet", "unnamed-dotnet-service")]
    public void Service_IsNeverEmpty(string service, string language, string expected) =>
        Assert.Equal(expected, Text(DatadogTags.NormalizeService(Utf8(service), Utf8(language), new byte[DatadogTags.Room])));

    [Fact]
    public void Service_IsCutAt100BytesBetweenCharacters()
    {
        Assert.Equal(new string('s', 100), Service(new string('s', 101)));
        Assert.Equal(string.Concat(Enumerable.Repeat("日", 33)), Service(string.Concat(Enumerable.Repeat("日", 40))));

        static string Service(string name) => Text(DatadogTags.NormalizeService(Utf8(name), default, new byte[DatadogTags.Room]));
    }

    private static string Normalize(string text) => Text(DatadogTags.Normalize(Utf8(text), new byte[DatadogTags.Room]));

    private static string NormalizeValue(string text) => Text(DatadogTags.NormalizeValue(Utf8(text), new byte[DatadogTags.Room]));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
