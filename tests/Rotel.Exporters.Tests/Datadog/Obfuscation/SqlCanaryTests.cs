using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

/// <summary>
/// Statements made for one database, with a canary in every literal and comment, whole and cut anywhere, read as that database's and as an
/// unknown one's: the canary never shows.
/// </summary>
public sealed class SqlCanaryTests
{
    private const string Canary = "Zq7canary";
    private const string NumberCanary = "8316245970";

    private static readonly SqlDialect[] Dialects = Enum.GetValues<SqlDialect>();

    private static readonly string[] Noise =
        ["'", "\\", "\"", "`", "--", "-- ", "/*", "*/", "#", "//", "$$", "$x$", "[", "]", "{", "}", "(", ")", ",", ";", "?", ":", "@", "%s",
        " ", "\n", "é", "a", "1", "||", "\\'", "''", " AND b = ", "😀"];

    [Fact]
    public void Sql_OfGeneratedStatements_NeverShowsALiteral() => AssertHidden(firstSeed: 1, statements: 20_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Sql_OfFreshGeneratedStatements_NeverShowsALiteral()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        AssertHidden(FreshSeed.Value, statements: 400_000);
    }

    private static void AssertHidden(int firstSeed, int statements)
    {
        using var bench = new ObfuscatorBench();
        var parsed = 0;
        for (var seed = firstSeed; seed < firstSeed + statements; seed++)
        {
            var random = new Random(seed);
            var dialect = Dialects[random.Next(1, Dialects.Length)];
            var statement = new Statement(random, dialect).ToString();
            var isCut = random.Next(4) == 0;
            if (isCut)
                statement = Cut(statement, random.Next(statement.Length));

            foreach (var reader in (SqlDialect[])[dialect, SqlDialect.Unknown])
            {
                var result = bench.Sql(statement, reader);
                if (result.Contains(Canary, StringComparison.Ordinal) || result.Contains(NumberCanary, StringComparison.Ordinal))
                    Assert.Fail($"seed {seed}, {dialect} read as {reader}: {statement} => {result}");
                if (result == "Non-parsable SQL query")
                {
                    if (!isCut && reader == dialect)
                        Assert.Fail($"seed {seed}, {dialect}: {statement}");
                    continue;
                }

                parsed++;
                var again = bench.Sql(result, reader);
                if (again != result)
                    Assert.Fail($"seed {seed}, {reader}: {statement} => {result} => {again}");
            }
        }

        Assert.True(parsed > statements, $"{parsed} of {2 * statements} were read");
    }

    private static string Cut(string text, int length) => text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>A statement that its database would take, of parts that hold canaries.</summary>
    private sealed class Statement
    {
        private readonly Random _random;
        private readonly SqlDialect _dialect;
        private readonly StringBuilder _text = new();

        public Statement(Random random, SqlDialect dialect)
        {
            _random = random;
            _dialect = dialect;
            switch (random.Next(3))
            {
                case 0:
                    Add("SELECT ", Name(), ", COUNT(*) AS n FROM ", Name(), Blank(), "WHERE ");
                    Conditions();
                    break;
                case 1:
                    Add("INSERT INTO ", Name(), " (", Name(), ", ", Name(), ")", Blank(), "VALUES ");
                    for (var i = random.Next(1, 4); i > 0; i--)
                        Add("(", Literal(), ", ", Literal(), i == 1 ? ")" : "), ");
                    break;
                default:
                    Add("UPDATE ", Name(), " SET ", Name(), " = ", Literal(), ",", Blank(), Name(), "=", Literal(), " WHERE ");
                    Conditions();
                    break;
            }

            if (random.Next(4) == 0)
                Add(Blank(), "; DELETE FROM ", Name(), " WHERE x IN (", Literal(), ",", Literal(), ")");
        }

        public override string ToString() => _text.ToString();

        private void Add(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts)
                _text.Append(part);
        }

        private void Conditions()
        {
            for (var i = _random.Next(1, 5); i > 0; i--)
            {
                Add(Name(), Pick(" = ", "=", " <> ", " LIKE ", " >= ", "<"), Literal());
                if (_random.Next(3) == 0)
                    Add(" OR f(", Literal(), ", ", Name(), ") IN (", Literal(), ", ", Literal(), ")");
                if (i > 1)
                    Add(Blank(), Pick("AND ", "OR ", "AND NOT "));
            }
        }

        private string Blank()
        {
            var noise = Noisy(Pick("", "it's ", "\"", "") + Canary).Replace("*/", "", StringComparison.Ordinal).Replace("/*", "", StringComparison.Ordinal);
            return _random.Next(6) switch
            {
                0 => $" /*{noise} */ ",
                1 => $" -- {noise.Replace('\n', ' ')}\n",
                2 when _dialect == SqlDialect.MySql => $" #{noise.Replace('\n', ' ')}\n",
                3 => "\r\n\t",
                _ => " ",
            };
        }

        private string Name()
        {
            var name = Pick("id", "user_name", "Orders2", "straße", "a1");
            return _random.Next(4) switch
            {
                0 => _dialect switch
                {
                    SqlDialect.MySql => $"`{name}`",
                    SqlDialect.SqlServer => $"[{name}]",
                    _ => $"\"{name}\".\"{name}\"",
                },
                1 => $"t.{name}",
                2 when _dialect == SqlDialect.SqlServer => $"#{name}",
                _ => name,
            };
        }

        private string Literal() => _random.Next(8) switch
        {
            0 => NumberCanary,
            1 => $"-{NumberCanary}.5e-3",
            2 => Pick("NULL", "true", "?"),
            3 => Special(),
            _ => Quoted('\''),
        };

        private string Special() => _dialect switch
        {
            SqlDialect.MySql => Pick(Quoted('"'), $"x'{NumberCanary}'", "_utf8" + Quoted('\'')),
            SqlDialect.PostgreSql => Pick(
                "E'" + Noisy(Canary).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'",
                "$body$" + Noisy(Canary).Replace("$", "", StringComparison.Ordinal) + "$body$",
                "$1"),
            SqlDialect.SqlServer => "N" + Quoted('\''),
            SqlDialect.Oracle => "q'[" + Noisy(Canary).Replace("]", "", StringComparison.Ordinal) + "]'",
            _ => $"X'{NumberCanary}'",
        };

        private string Quoted(char quote)
        {
            var text = Noisy(Canary);
            if (_dialect == SqlDialect.MySql)
                text = text.Replace("\\", "\\\\", StringComparison.Ordinal);
            var escaped = _dialect == SqlDialect.MySql && _random.Next(2) == 0 ? $"\\{quote}" : $"{quote}{quote}";
            return quote + text.Replace(quote.ToString(), escaped, StringComparison.Ordinal) + quote;
        }

        private string Noisy(string canary)
        {
            var text = new StringBuilder();
            for (var i = _random.Next(4); i > 0; i--)
                text.Append(Noise[_random.Next(Noise.Length)]);
            text.Append(canary);
            for (var i = _random.Next(4); i > 0; i--)
                text.Append(Noise[_random.Next(Noise.Length)]).Append(_random.Next(3) == 0 ? canary : "");
            return text.ToString();
        }

        private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
    }
}
