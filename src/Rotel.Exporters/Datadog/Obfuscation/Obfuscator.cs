using System.Buffers;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Hides what users put into statements, commands, documents and URLs, as Datadog's agent does before spans leave a host. Linear in its
/// input, whatever that is; what cannot be read is hidden whole. A result is the input, a part of it, a constant, or this object's
/// buffer: valid until the next call, which must not be given it. Not thread-safe: one per encoder.
/// </summary>
/// <param name="pool">Of the one buffer that results are written into.</param>
internal sealed class Obfuscator(BufferPool pool) : IDisposable
{
    /// <summary>Without any of these a text holds no literal, whatever the language.</summary>
    private static readonly SearchValues<byte> LiteralMarks = SearchValues.Create("'\"`$\\[{(=<>:?#0123456789"u8);

    /// <summary>What a document or its search begins with, behind the name of an operation.</summary>
    private static readonly SearchValues<byte> DocumentMarks = SearchValues.Create("'\"`\\[{(=<>:?#"u8);

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
    /// stands before it. Spans without a database keep theirs, which is a name or a route.
    /// </summary>
    public ReadOnlySpan<byte> Resource(SpanFamily family, ReadOnlySpan<byte> resource, SqlDialect dialect = SqlDialect.Unknown) =>
        resource.IsEmpty ? resource : family switch
        {
            SpanFamily.Sql => Sql(resource, dialect),
            SpanFamily.Redis => RedisResource(resource),
            SpanFamily.Memcached => Memcached(resource),
            SpanFamily.Document => IsJson(resource) ? Json(resource) : NameOf(resource),
            SpanFamily.Database => IsJson(resource) ? Json(resource)
                : resource.IndexOfAny(LiteralMarks) < 0 ? resource : Sql(resource, dialect),
            _ => resource,
        };

    /// <summary>One statement or several; <c>Non-parsable SQL query</c> where it cannot be read with certainty.</summary>
    public ReadOnlySpan<byte> Sql(ReadOnlySpan<byte> statement, SqlDialect dialect = SqlDialect.Unknown)
    {
        _output.Clear();
        return new SqlObfuscation(statement, dialect, _output).Apply();
    }

    /// <summary>Commands of Redis or Valkey, one a line.</summary>
    public ReadOnlySpan<byte> Redis(ReadOnlySpan<byte> commands)
    {
        _output.Clear();
        return RedisObfuscation.Apply(commands, _output);
    }

    /// <summary>The names of the first three commands.</summary>
    public ReadOnlySpan<byte> RedisResource(ReadOnlySpan<byte> commands)
    {
        _output.Clear();
        return RedisObfuscation.Names(commands, _output);
    }

    public ReadOnlySpan<byte> Memcached(ReadOnlySpan<byte> command)
    {
        _output.Clear();
        return MemcachedObfuscation.Apply(command, _output);
    }

    /// <summary>Of MongoDB, Elasticsearch and OpenSearch: keys and structure stay.</summary>
    public ReadOnlySpan<byte> Json(ReadOnlySpan<byte> document)
    {
        _output.Clear();
        return new JsonObfuscation(document, _output).Apply();
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

    private ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> resource)
    {
        var end = resource.IndexOfAny(DocumentMarks);
        if (end < 0)
            return resource;

        _output.Clear();
        _output.Write(resource[..end]);
        _output.Write("..."u8);
        return _output.Span;
    }

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && value[start] is (byte)'{' or (byte)'[';
    }
}
