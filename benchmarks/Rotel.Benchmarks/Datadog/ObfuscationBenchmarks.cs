using System.Text;
using BenchmarkDotNet.Attributes;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Memory;

namespace Rotel.Benchmarks.Datadog;

/// <summary>One value of a span hidden: a statement of 200 bytes, a command, a document, a URL, and a value that is no card number.</summary>
public class ObfuscationBenchmarks
{
    private readonly Obfuscator _obfuscator = new(new BufferPool(new ByteBudget(64 * 1024 * 1024)));
    private readonly byte[] _noCardNumber = [.. "1700000000000-0af7651916cd43dd8448eb211c80319c"u8];
    private readonly byte[][] _keys =
    [
        .. ((string[])["db.system.name", "db.namespace", "db.query.text", "server.address", "server.port", "http.request.method", "url.full",
            "http.response.status_code", "network.protocol.version", "customer.id"]).Select(Encoding.UTF8.GetBytes),
    ];

    private static ReadOnlySpan<byte> Statement =>
        """SELECT o."Id", o."CustomerId", o."Total" FROM "Orders" AS o INNER JOIN "Customers" AS c ON o."CustomerId" = c."Id" WHERE c."Name" = 'Anna Example' AND o."Total" > 12.50 AND o."State" IN (1, 2, 3) LIMIT 25"""u8;

    private static ReadOnlySpan<byte> Document =>
        """{ "find" : "orders", "filter" : { "customer" : "anna@example.org", "total" : { "$gt" : 12.5 } }, "limit" : 25, "lsid" : { "id" : "x" } }"""u8;

    [Benchmark(Baseline = true)]
    public int Sql() => _obfuscator.Sql(Statement, SqlDialect.PostgreSql).Length;

    [Benchmark]
    public int SqlOfUnknownDialect() => _obfuscator.Sql(Statement).Length;

    [Benchmark]
    public int Json() => _obfuscator.Json(Document).Length;

    [Benchmark]
    public int Redis() => _obfuscator.Redis("SET session:0af7651916cd43dd {\"user\":17} EX 3600"u8).Length;

    [Benchmark]
    public int Url() => _obfuscator.Url("https://shop.example.org:8443/cart/17/items?token=0af7651916cd43dd&page=2"u8).Length;

    [Benchmark]
    public bool CardNumber() => Obfuscator.IsCardNumber(_noCardNumber);

    [Benchmark]
    public int KindOfTenKeys()
    {
        var kinds = 0;
        foreach (var key in _keys)
            kinds += (int)SpanObfuscation.Of(SpanFamily.Sql, key);
        return kinds;
    }
}
