using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class RedisObfuscationTests : IDisposable
{
    private readonly ObfuscatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("GET user:17", "GET user:17")]
    [InlineData("PING", "PING")]
    [InlineData("AUTH secret", "AUTH ?")]
    [InlineData("auth anna secret", "auth ?")]
    [InlineData("HELLO 3 AUTH anna secret", "HELLO ?")]
    [InlineData("SET user:17 secret EX 60", "SET user:17 ?")]
    [InlineData("SET user:17 my secret value", "SET user:17 ?")]
    [InlineData("SET \"user 17\" \"my \\\"secret\\\" value\"", "SET \"user 17\" ?")]
    [InlineData("HMSET user:17 name secret age secret", "HMSET user:17 name ?")]
    [InlineData("HSET user:17 name secret", "HSET user:17 name ?")]
    [InlineData("MSET a secret b secret", "MSET a ?")]
    [InlineData("SETEX user:17 60 secret", "SETEX user:17 60 ?")]
    [InlineData("LPUSH list secret secret", "LPUSH list ?")]
    [InlineData("ZADD board NX 5 secret", "ZADD board ?")]
    [InlineData("LINSERT list BEFORE secret secret", "LINSERT list BEFORE ?")]
    [InlineData("CONFIG SET requirepass secret", "CONFIG SET requirepass ?")]
    [InlineData("CONFIG GET maxmemory", "CONFIG GET maxmemory")]
    [InlineData("EVAL \"return 1\" 1 key secret", "EVAL ?")]
    [InlineData("FT.SEARCH index secret", "FT.SEARCH ?")]
    [InlineData("  GET   a  \r\n DEL b\nSET c secret", "GET a\nDEL b\nSET c ?")]
    [InlineData("SET a one\ntwo secret\nthree", "SET a ?")]
    [InlineData("GET a\nsecret line\nGET b", "GET a ?\nGET b")]
    [InlineData("SET a \"one\nAUTH secret\"\nGET b", "SET a ?\nGET b")]
    [InlineData("GET a\"b\nAUTH sec\"ret", "GET ?")]
    [InlineData("\u00e9t\u00e9 secret", "? ?")]
    [InlineData(" \n", "")]
    public void Redis_KeepsWhatNamesAndHidesValues(string commands, string expected) =>
        Assert.Equal(expected, _bench.Apply(ObfuscationKind.Redis, commands));

    [Theory]
    [InlineData("get user:17", "GET")]
    [InlineData("SET a secret\nGET b", "SET GET")]
    [InlineData("GET a\nGET b\nGET c\nGET d", "GET GET GET ...")]
    [InlineData("config set requirepass secret", "CONFIG SET")]
    [InlineData("CLIENT", "CLIENT")]
    [InlineData("GET a\nHMGE...", "GET")]
    [InlineData("HMGE...", "...")]
    [InlineData("CONFIG GE...", "...")]
    [InlineData("SET a one\nsecret two\nGET b", "SET GET")]
    [InlineData("SET a \"one\nGET two\"", "SET")]
    [InlineData("\u00e9t\u00e9", "?")]
    [InlineData("FT.SEARCH index secret", "FT.SEARCH")]
    public void Resource_OfRedis_IsTheCommands(string commands, string expected) =>
        Assert.Equal(expected, _bench.Resource(SpanFamily.Redis, commands));

    [Theory]
    [InlineData("get user:17 user:18", "get user:17 user:18")]
    [InlineData("set user:17 0 900 6\r\nsecret\r\n", "set user:17 ?")]
    [InlineData("set user:17 secret", "set user:17 ?")]
    [InlineData("SET user:17", "SET user:17")]
    [InlineData("cas a 0 0 6 77\r\nsecret", "cas a ?")]
    [InlineData("incr hits 2\r\n", "incr hits 2")]
    [InlineData("verbosity secret", "verbosity ?")]
    [InlineData("flush_all", "flush_all")]
    [InlineData("set", "set")]
    public void Memcached_KeepsNameAndKey(string command, string expected)
    {
        Assert.Equal(expected, _bench.Apply(ObfuscationKind.Memcached, command));
        Assert.Equal(expected, _bench.Resource(SpanFamily.Memcached, command));
    }
}
