using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// Resources that were seen lately, by their bytes. It holds two generations: when the younger one is full it becomes the older, whose
/// resources are forgotten unless they were used since. At most 2 x 2,048 resources of 2 x 1 MiB in wire form, so that senders who name
/// themselves anew with every request cost time and not memory. Safe for concurrent use; looking up allocates nothing.
/// </summary>
internal sealed class ResourceCache
{
    public const int MaxResources = 2048;
    public const int MaxBytes = 1024 * 1024;

    /// <summary>A larger resource is not kept.</summary>
    public const int MaxResourceBytes = 64 * 1024;

    private readonly Lock _change = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    /// <summary>Resources that are kept now.</summary>
    public int Count => _young.Count + _old.Count;

    public bool TryGet(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out DatadogResource? resource)
    {
        if (_young.TryGet(wire, out resource))
            return true;
        if (!_old.TryGet(wire, out resource))
            return false;
        Keep(wire, resource);
        return true;
    }

    public void Keep(ReadOnlySpan<byte> wire, DatadogResource resource)
    {
        if (wire.Length > MaxResourceBytes)
            return;

        lock (_change)
        {
            if (!_young.HasRoom(wire.Length))
            {
                _old = _young;
                _young = new Generation();
            }

            _young.Add(wire.ToArray(), resource);
        }
    }

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<byte[], DatadogResource> _resources = new(WireComparer.Instance);
        private readonly ConcurrentDictionary<byte[], DatadogResource>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
        private int _bytes;
        private int _count;

        public Generation() => _lookup = _resources.GetAlternateLookup<ReadOnlySpan<byte>>();

        public int Count => Volatile.Read(ref _count);

        public bool HasRoom(int bytes) => _count < MaxResources && _bytes + bytes <= MaxBytes;

        public bool TryGet(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out DatadogResource? resource) =>
            _lookup.TryGetValue(wire, out resource);

        /// <summary>Under the lock of whoever owns this; a resource that two encoders made at once is added once.</summary>
        public void Add(byte[] wire, DatadogResource resource)
        {
            if (!_resources.TryAdd(wire, resource))
                return;
            _bytes += wire.Length;
            _count++;
        }
    }

    /// <summary>Bytes by content; the hash has a seed of its own per process: no sender can choose resources that collide.</summary>
    private sealed class WireComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly WireComparer Instance = new();

        private static readonly long Seed = Random.Shared.NextInt64();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate, Seed);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
