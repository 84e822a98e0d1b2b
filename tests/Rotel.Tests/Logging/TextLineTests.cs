using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Logging;

public sealed partial class TextLineTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public void Message_BecomesALineOfTimeSeverityCategoryAndEvent()
    {
        using var factory = _folder.Create();
        factory.CreateLogger("Rotel.Receivers.Otlp").Log(LogLevel.Information, 2001, "listens on {Port}", 4317);

        Assert.Equal(["2026-11-23T09:00:00.123Z info  Rotel.Receivers.Otlp[2001] listens on 4317"], _folder.Lines);
    }

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Warning, "warn ")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "fatal")]
    public void Severity_HasAWordOfItsOwn(LogLevel level, string word)
    {
        using var factory = _folder.Create("ROTEL_LOG_LEVEL=trace");
        factory.CreateLogger("Rotel").Log(level, "a message");

        Assert.Equal([$"2026-11-23T09:00:00.123Z {word} Rotel[0] a message"], _folder.Lines);
    }

    [Fact]
    public void LineBreaks_InMessagesAndExceptions_ForgeNoLine()
    {
        using var factory = _folder.Create();
        var exception = new InvalidOperationException("first\r\n2026-11-23T09:00:00.123Z info  Rotel[1] forged");
        factory.CreateLogger("Rotel").Log(
            LogLevel.Error, 7, exception, "one\n2026-11-23T09:00:00.123Z info  Rotel[1] forged\r\u001b[31m\u2028x\n");

        Assert.Equal(
            [
                "2026-11-23T09:00:00.123Z error Rotel[7] one",
                "    2026-11-23T09:00:00.123Z info  Rotel[1] forged  [31m x",
                "    System.InvalidOperationException: first",
                "    2026-11-23T09:00:00.123Z info  Rotel[1] forged",
            ],
            _folder.Lines);
    }

    /// <summary>Whatever is logged, a reader finds as many beginnings of lines as there were messages.</summary>
    [Fact]
    public void AnyText_MakesOneLineAndIndentedOnes()
    {
        var random = new Random(FreshSeed.Value);
        using var factory = _folder.Create();
        const int messages = 500;
        for (var i = 0; i < messages; i++)
        {
            var exception = random.Next(3) == 0 ? new IOException(RandomText.Next(random)) : null;
            factory.CreateLogger(RandomText.Next(random)).Log(
                LogLevel.Warning, i, exception, "{A} and {B}", RandomText.Next(random), RandomText.Next(random));
        }

        var lines = File.ReadAllText(_folder.Path, new UTF8Encoding(false, throwOnInvalidBytes: true)).Split('\n');
        Assert.Equal("", lines[^1]);
        var own = lines[..^1].Where(line => !line.StartsWith("    ", StringComparison.Ordinal)).ToArray();
        Assert.True(own.Length == messages && Array.TrueForAll(own, line => Beginning().IsMatch(line)), $"seed {FreshSeed.Value}");
        Assert.DoesNotContain(lines, line => line.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'));
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"^2026-11-23T09:00:00\.123Z warn  .*\[\d+\] ", RegexOptions.Singleline)]
    private static partial Regex Beginning();
}
