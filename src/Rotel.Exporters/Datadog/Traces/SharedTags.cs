using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Makes the blocks of tags that spans share. All attributes of a resource are tags of its spans, as texts, but for those that name the
/// service and those that are tags of a container and nothing else.
/// </summary>
/// <param name="pool">For texts while they are made.</param>
/// <param name="obfuscator">Null sends values as they are.</param>
internal sealed class SharedTags(BufferPool pool, Obfuscator? obfuscator)
{
    private readonly PooledBytes _text = new(pool);
    private readonly PooledBytes _key = new(pool);

    /// <summary>Writes the block of a resource and files what rules ask for.</summary>
    public void WriteResource(WireList<KeyValueReader> attributes, ReadOnlySpan<byte> message, KnownAttributes known, TagBlocks block)
    {
        foreach (var attribute in attributes)
        {
            var key = attribute.Key;
            if (!key.IsEmpty && !ContainerTags.IsConsumed(key))
                Write(key, attribute.Value, message, known, block);
        }

        Span<byte> room = stackalloc byte[DatadogTags.Room];
        var environment = known.Text(AttributeKey.DeploymentEnvironmentName, message);
        if (environment.IsEmpty)
            environment = known.Text(AttributeKey.DeploymentEnvironment, message);
        if (!environment.IsEmpty)
            block.Add(TagKeys.Environment, DatadogTags.NormalizeValue(environment, room));
        var version = known.Text(AttributeKey.ServiceVersion, message);
        if (!version.IsEmpty)
            block.Add(TagKeys.Version, DatadogTags.NormalizeValue(version, room));
        var database = known.Text(AttributeKey.DatabaseNamespace, message);
        if (!database.IsEmpty)
            block.Add(TagKeys.DatabaseName, obfuscator is null ? database : obfuscator.Apply(ObfuscationKind.CardNumber, database));
    }

    /// <summary>Writes the block of an instrumentation scope.</summary>
    public void WriteScope(InstrumentationScopeReader scope, TagBlocks block)
    {
        if (!scope.Name.IsEmpty)
        {
            block.Add(TagKeys.ScopeName, scope.Name);
            block.Add(TagKeys.LibraryName, scope.Name);
        }

        if (!scope.Version.IsEmpty)
        {
            block.Add(TagKeys.ScopeVersion, scope.Version);
            block.Add(TagKeys.LibraryVersion, scope.Version);
        }

        foreach (var attribute in scope.Attributes)
        {
            var key = attribute.Key;
            if (!key.IsEmpty)
                block.Add(key, TagKey.HashOf(key), Text(key, attribute.Value));
        }
    }

    /// <summary>Gives memory back.</summary>
    public void Release()
    {
        _text.Release();
        _key.Release();
    }

    private void Write(ReadOnlySpan<byte> key, AnyValueReader value, ReadOnlySpan<byte> message, KnownAttributes known, TagBlocks block)
    {
        var hash = TagKey.HashOf(key);
        if (AttributeRules.Find(key, hash) is { } rule)
        {
            if (rule.Key != AttributeKey.None)
                known.Add(rule.Key, value, message);
            if (rule.Treatment != AttributeTreatment.Consumed)
                block.Add(rule.Tag, Text(key, value));
            return;
        }

        var text = Text(key, value);
        if (key.StartsWith("http.request.header."u8))
        {
            _key.Clear();
            _key.Write("http.request.headers."u8);
            _key.Write(key["http.request.header."u8.Length..]);
            key = _key.Span;
            hash = TagKey.HashOf(key);
        }

        block.Add(key, hash, text);
    }

    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> key, AnyValueReader value)
    {
        var kind = obfuscator is null ? ObfuscationKind.None : SpanObfuscation.Of(SpanFamily.Other, key);
        return AttributeObfuscation.Text(value, kind, obfuscator, _text);
    }
}
