using System.Runtime.InteropServices;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Where the spans of a batch lie, by resource and by trace, both in order of first appearance. Spans are found once and read where they
/// lie when their turn comes: payloads are kept until <see cref="Release"/>.
/// </summary>
internal sealed class TraceIndex(BufferPool pool)
{
    /// <summary>Lists that one unusual batch made longer are not kept for the next.</summary>
    private const int MaxKeptEntries = 16 * 1024;

    private const int None = -1;

    private readonly List<OtlpPayload> _payloads = [];
    private readonly PooledBytes _attributes = new(pool);
    private readonly List<Resource> _resources = [];
    private readonly Dictionary<UInt128, int> _resourceByHash = [];
    private readonly List<Chunk> _chunks = [];
    private readonly Dictionary<ChunkKey, int> _chunkByKey = [];
    private readonly List<Span> _spans = [];
    private int _lastChunk = None;
    private ChunkKey _lastKey;

    public int ResourceCount => _resources.Count;

    /// <summary>Adds a payload, of which this keeps a reference; returns its number.</summary>
    public int Add(OtlpPayload payload)
    {
        payload.AddReference();
        _payloads.Add(payload);
        return _payloads.Count - 1;
    }

    /// <summary>The number of the resource with these attributes.</summary>
    public int ResourceOf(WireList<KeyValueReader> attributes)
    {
        // Of 128 bits, which no two resources share by accident, and with a seed nobody else knows on purpose neither.
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_resourceByHash, TagKey.LongHashOf(attributes.Range), out var exists);
        if (exists)
            return known;

        known = _resources.Count;
        _resources.Add(new Resource(_attributes.Length, attributes.Range.Length, None, None));
        _attributes.Write(attributes.Range);
        return known;
    }

    /// <summary>Adds a span of <paramref name="payload"/>.</summary>
    public void Add(int payload, int start, int length, UInt128 traceId, int resource, int scope)
    {
        var key = new ChunkKey(traceId, resource);
        if (_lastChunk < 0 || key != _lastKey)
        {
            ref var chunk = ref CollectionsMarshal.GetValueRefOrAddDefault(_chunkByKey, key, out var exists);
            if (!exists)
                chunk = AddChunk(key);
            _lastKey = key;
            _lastChunk = chunk;
        }

        Append(_lastChunk, new Span(payload, start, length, scope, None));
    }

    /// <summary>
    /// Takes a span out of its chunk, which is being read, because it names another trace than it seemed to; it becomes a chunk of its own
    /// among those not read yet.
    /// </summary>
    public void Readdress(int span, UInt128 traceId, int resource) =>
        Append(AddChunk(new ChunkKey(traceId, resource)), _spans[span] with { Next = None });

    /// <summary>A resource with its attributes, as they came.</summary>
    public ResourceReader AttributesOf(int resource)
    {
        var entry = _resources[resource];
        return ResourceReader.Read(_attributes.Span.Slice(entry.Start, entry.Length));
    }

    /// <summary>The first chunk of a resource; -1 when it has none.</summary>
    public int FirstChunkOf(int resource) => _resources[resource].FirstChunk;

    /// <summary>The next chunk of the same resource; -1 after the last.</summary>
    public int NextChunk(int chunk) => _chunks[chunk].Next;

    public UInt128 TraceIdOf(int chunk) => _chunks[chunk].Key.TraceId;

    public int FirstSpanOf(int chunk) => _chunks[chunk].First;

    /// <summary>The next span of the same chunk; -1 after the last.</summary>
    public int NextSpan(int span) => _spans[span].Next;

    public int ScopeOf(int span) => _spans[span].Scope;

    /// <summary>A span in wire form.</summary>
    public ReadOnlySpan<byte> BytesOf(int span)
    {
        var entry = _spans[span];
        return _payloads[entry.Payload].Body.Span.Slice(entry.Start, entry.Length);
    }

    /// <summary>Forgets the batch and gives its payloads back.</summary>
    public void Release()
    {
        foreach (var payload in _payloads)
            payload.Dispose();
        _payloads.Clear();
        _attributes.Release();
        Empty(_resources);
        Empty(_chunks);
        Empty(_spans);
        _resourceByHash.Clear();
        _chunkByKey.Clear();
        if (_chunkByKey.Capacity > 2 * MaxKeptEntries)
            _chunkByKey.TrimExcess();
        if (_resourceByHash.Capacity > 2 * MaxKeptEntries)
            _resourceByHash.TrimExcess();
        _lastChunk = None;
    }

    private static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > MaxKeptEntries)
            list.Capacity = 0;
    }

    private int AddChunk(ChunkKey key)
    {
        var chunk = _chunks.Count;
        _chunks.Add(new Chunk(key, None, None, None));
        ref var resource = ref CollectionsMarshal.AsSpan(_resources)[key.Resource];
        if (resource.LastChunk < 0)
            resource.FirstChunk = chunk;
        else
            CollectionsMarshal.AsSpan(_chunks)[resource.LastChunk].Next = chunk;
        resource.LastChunk = chunk;
        return chunk;
    }

    private void Append(int chunk, Span span)
    {
        ref var entry = ref CollectionsMarshal.AsSpan(_chunks)[chunk];
        if (entry.Last < 0)
            entry.First = _spans.Count;
        else
            CollectionsMarshal.AsSpan(_spans)[entry.Last].Next = _spans.Count;
        entry.Last = _spans.Count;
        _spans.Add(span);
    }

    private record struct Resource(int Start, int Length, int FirstChunk, int LastChunk);

    private record struct Chunk(ChunkKey Key, int First, int Last, int Next);

    private record struct Span(int Payload, int Start, int Length, int Scope, int Next);

    private readonly record struct ChunkKey(UInt128 TraceId, int Resource);
}
