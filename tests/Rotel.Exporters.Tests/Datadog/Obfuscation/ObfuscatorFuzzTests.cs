using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Memory;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

/// <summary>Any bytes, in UTF-8 or not: nothing throws, and what was UTF-8 stays it.</summary>
public sealed class ObfuscatorFuzzTests
{
    private static readonly string[] Pieces =
        ["'", "\"", "`", "\\", "[", "]", "{", "}", "(", ")", "--", "/*", "*/", "//", "#", "$", "$$", "$a$", "?", ":", "::", ":=", "@", "%", "%(",
        "q'", "E'", "N'", "AS ", "SAVEPOINT ", "SELECT ", "FROM ", "NULL", "a", "é", "😀", "\u00a0", "\u2028", "1", "0x", "1e-", ".", ",", ";", "=",
        "!", "<=>", "->>", " ", "\n", "\r\n", "\0", "://", "SET ", "AUTH ", "GET ", "CONFIG ", "...", "true", "-", "4111111111111111",
        "550e8400-e29b-41d4-a716-446655440000", "http://", "a:b@"];

    [Fact]
    public void Apply_ToAnyBytes_DoesNotThrow() => AssertSafe(firstSeed: 1, inputs: 100_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Apply_ToFreshBytes_DoesNotThrow()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        AssertSafe(FreshSeed.Value, inputs: 500_000);
    }

    private static void AssertSafe(int firstSeed, int inputs)
    {
        var budget = new ByteBudget(16 * 1024 * 1024);
        using (var obfuscator = new Obfuscator(new BufferPool(budget)))
        {
            for (var seed = firstSeed; seed < firstSeed + inputs; seed++)
            {
                var random = new Random(seed);
                var input = random.Next(8) == 0 ? RandomBytes(random) : RandomText(random);
                var isText = System.Text.Unicode.Utf8.IsValid(input);
                try
                {
                    foreach (var kind in Enum.GetValues<ObfuscationKind>())
                    {
                        var result = obfuscator.Apply(kind, input, (SqlDialect)random.Next(6));
                        Assert.True(!isText || System.Text.Unicode.Utf8.IsValid(result));
                    }

                    foreach (var family in Enum.GetValues<SpanFamily>())
                    {
                        var result = obfuscator.Resource(family, input, (SqlDialect)random.Next(6));
                        Assert.True(!isText || System.Text.Unicode.Utf8.IsValid(result));
                        SpanObfuscation.Of(family, input);
                    }
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"seed {seed}: {Convert.ToHexString(input)}", exception);
                }
            }
        }

        Assert.Equal(0, budget.Reserved);
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(24); i > 0; i--)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
