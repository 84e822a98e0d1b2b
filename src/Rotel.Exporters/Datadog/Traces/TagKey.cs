using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The key of a tag with its hash, made once. The hash has a seed of its own per process, so that no sender can choose keys that collide.
/// </summary>
internal sealed class TagKey(string text)
{
    private static readonly long Seed = Random.Shared.NextInt64();

    private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

    public ReadOnlySpan<byte> Bytes => _bytes;

    public uint Hash { get; } = HashOf(Encoding.UTF8.GetBytes(text));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)XxHash3.HashToUInt64(key, Seed);

    /// <summary>Long enough to stand for what it was made of.</summary>
    public static UInt128 LongHashOf(ReadOnlySpan<byte> bytes) => XxHash128.HashToUInt128(bytes, Seed);
}
