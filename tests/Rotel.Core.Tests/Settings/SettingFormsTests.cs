using Rotel.Delivery;
using Rotel.Settings;

namespace Rotel.Core.Tests.Settings;

public sealed class SettingFormsTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h 2m", 3_720_000)]
    [InlineData(" 1.5s ", 1_500)]
    [InlineData("0s", 0)]
    [InlineData("1d", 86_400_000)]
    public void Duration_Legal_IsRead(string text, int milliseconds)
    {
        Assert.True(SettingForms.Duration.TryRead(text, out var value, out var problem));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("5", "bare number")]
    [InlineData("0", "bare number")]
    [InlineData("1.5", "bare number")]
    [InlineData("", "numbers with the units")]
    [InlineData("s", "numbers with the units")]
    [InlineData("5 s", "numbers with the units")]
    [InlineData("-5s", "numbers with the units")]
    [InlineData("1m30", "numbers with the units")]
    [InlineData("5S", "numbers with the units")]
    [InlineData("1..5s", "numbers with the units")]
    [InlineData("99999999999999999999h", "too long")]
    [InlineData("9999999d9999999d", "too long")]
    public void Duration_Illegal_SaysWhy(string text, string expected)
    {
        Assert.False(SettingForms.Duration.TryRead(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Duration_Written_IsReadBack()
    {
        var random = new Random(20250817);
        for (var i = 0; i < 2_000; i++)
        {
            var value = new TimeSpan(random.NextInt64(TimeSpan.MaxValue.Ticks) >> random.Next(62));
            Assert.True(SettingForms.Duration.TryRead(SettingForms.Duration.Write(value), out var read, out var problem), problem);
            Assert.Equal(value, read);
        }

        Assert.Equal("1m30s", SettingForms.Duration.Write(TimeSpan.FromSeconds(90)));
        Assert.Equal("5m", SettingForms.Duration.Write(TimeSpan.FromSeconds(300)));
        Assert.Equal("200ms", SettingForms.Duration.Write(TimeSpan.FromMilliseconds(200)));
    }

    [Theory]
    [InlineData("4MiB", 4_194_304)]
    [InlineData("512KB", 512_000)]
    [InlineData("3.5 mib", 3_670_016)]
    [InlineData("1024", 1024)]
    [InlineData("10B", 10)]
    public void ByteSize_Legal_IsRead(string text, long bytes)
    {
        Assert.True(SettingForms.ByteSize.TryRead(text, out var value, out _));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("4M")]
    [InlineData("MiB")]
    [InlineData("99999999999GiB")]
    [InlineData("99999999999999999999999999999999GiB")]
    public void ByteSize_Illegal_IsRefused(string text)
    {
        Assert.False(SettingForms.ByteSize.TryRead(text, out _, out var problem));
        Assert.StartsWith("expected a size such as", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ByteSize_Written_IsReadBack()
    {
        var random = new Random(20250818);
        for (var i = 0; i < 2_000; i++)
        {
            var value = Math.Max(1, (random.NextInt64() >> random.Next(63)) & (-1L << random.Next(32)));
            Assert.True(SettingForms.ByteSize.TryRead(SettingForms.ByteSize.Write(value), out var read, out var problem), problem);
            Assert.Equal(value, read);
        }

        Assert.Equal("3.5MiB", SettingForms.ByteSize.Write(3_670_016));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData(" 1 ", true)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    public void Boolean_Legal_IsRead(string text, bool expected)
    {
        Assert.True(SettingForms.Boolean.TryRead(text, out var value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("2")]
    public void Boolean_Illegal_IsRefused(string text)
    {
        Assert.False(SettingForms.Boolean.TryRead(text, out _, out var problem));
        Assert.Equal("expected true or false", problem);
    }

    [Theory]
    [InlineData("11")]
    [InlineData("0")]
    [InlineData("1e1")]
    [InlineData("99999999999")]
    [InlineData("five")]
    public void Integer_OutsideItsRange_IsRefused(string text)
    {
        Assert.False(SettingForms.Integer(1, 10).TryRead(text, out _, out var problem));
        Assert.Equal("expected a whole number from 1 to 10", problem);
    }

    [Theory]
    [InlineData("drop_oldest")]
    [InlineData("drop-oldest")]
    [InlineData("DropOldest")]
    [InlineData(" DROPOLDEST ")]
    public void OneOf_AnySpelling_IsRead(string text)
    {
        Assert.True(SettingForms.OneOf<OverflowPolicy>().TryRead(text, out var value, out _));
        Assert.Equal(OverflowPolicy.DropOldest, value);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("1")]
    [InlineData("")]
    public void OneOf_Unknown_ListsTheNames(string text)
    {
        Assert.False(SettingForms.OneOf<OverflowPolicy>().TryRead(text, out _, out var problem));
        Assert.Equal("expected one of block, drop_oldest, drop_newest", problem);
    }

    [Fact]
    public void OneOf_Written_IsReadBack()
    {
        foreach (var value in Enum.GetValues<OverflowPolicy>())
        {
            Assert.True(
                SettingForms.OneOf<OverflowPolicy>().TryRead(SettingForms.OneOf<OverflowPolicy>().Write(value), out var read, out _));
            Assert.Equal(value, read);
        }
    }

    [Fact]
    public void List_IsTrimmedAndWithoutEmptyItems()
    {
        Assert.True(SettingForms.List.TryRead(" a, b ,,c,", out var value, out _));
        Assert.Equal(["a", "b", "c"], value);
        Assert.Equal("a,b,c", SettingForms.List.Write(value));
    }

    [Fact]
    public void Pairs_SplitAtTheFirstEqualsSign()
    {
        Assert.True(SettingForms.Pairs.TryRead(" a = b=c== , d=,, %41=%42", out var value, out _));
        Assert.Equal([new("a", "b=c=="), new("d", ""), new("%41", "%42")], value);
        Assert.Equal("a=b=c==,d=,%41=%42", SettingForms.Pairs.Write(value));
        Assert.Equal("a=***,d=***,%41=***", SettingForms.Pairs.Mask(value));
    }

    [Theory]
    [InlineData("a=b,secret", "item 2 has no '='")]
    [InlineData("=secret", "item 1 has no name before its '='")]
    public void Pairs_Malformed_SayWhichItemButNotWhatItIs(string text, string expected)
    {
        Assert.False(SettingForms.Pairs.TryRead(text, out _, out var problem));
        Assert.EndsWith(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:4317", "http://localhost:4317")]
    [InlineData("https://otlp.example.com/path", "https://otlp.example.com/path")]
    [InlineData("[::1]:4317", "http://[::1]:4317")]
    [InlineData("otlp.example.com", "http://otlp.example.com")]
    public void Endpoint_WithAndWithoutScheme_IsRead(string text, string written)
    {
        Assert.True(SettingForms.Endpoint.TryRead(text, out var value, out _));
        Assert.Equal(written, SettingForms.Endpoint.Write(value));
        Assert.True(SettingForms.Endpoint.TryRead(written, out var again, out _));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("ftp://host")]
    [InlineData("https://user:secret@host")]
    [InlineData("host:port")]
    public void Endpoint_Illegal_IsRefusedWithoutRepeatingIt(string text)
    {
        Assert.False(SettingForms.Endpoint.TryRead(text, out _, out var problem));
        Assert.StartsWith("expected a URL such as", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_Displayed_HidesWhatMayBeAKey() =>
        Assert.Equal("https://host:8080/in?***", SettingForms.Endpoint.Display(new Uri("https://user:secret@host:8080/in?key=secret")));
}
