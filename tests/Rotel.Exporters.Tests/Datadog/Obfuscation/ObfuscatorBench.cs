using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Memory;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

/// <summary>An obfuscator that takes and gives texts, and fails where a result is no valid UTF-8.</summary>
internal sealed class ObfuscatorBench : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ByteBudget _budget = new(256 * 1024 * 1024);
    private readonly Obfuscator _obfuscator;

    public ObfuscatorBench() => _obfuscator = new Obfuscator(new BufferPool(_budget));

    public string Sql(string statement, SqlDialect dialect = SqlDialect.Unknown) =>
        Strict.GetString(_obfuscator.Sql(Exact(statement), dialect));

    public string Apply(ObfuscationKind kind, string value, SqlDialect dialect = SqlDialect.Unknown) =>
        Strict.GetString(_obfuscator.Apply(kind, Exact(value), dialect));

    public string Resource(SpanFamily family, string resource, SqlDialect dialect = SqlDialect.Unknown) =>
        Strict.GetString(_obfuscator.Resource(family, Exact(resource), dialect));

    public void Dispose()
    {
        _obfuscator.Dispose();
        Assert.Equal(0, _budget.Reserved);
    }

    /// <summary>An array of its own length: what reads past the end would leave it.</summary>
    private static byte[] Exact(string text) => Strict.GetBytes(text);
}
