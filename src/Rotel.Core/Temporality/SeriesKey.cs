using System.Buffers.Binary;
using System.IO.Hashing;
using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>
/// Which series a point belongs to, as a hash of 128 bits: resource, scope, metric and attributes are added one after another, so that
/// what many points share is hashed once. Attributes count by key, kind and content, in any order; nothing is allocated.
/// </summary>
/// <remarks>
/// At a hundred thousand series the chance of two with one key is below 10⁻²⁸. Schema URLs, descriptions, dropped counts and entities
/// do not make a series: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#timeseries-model.
/// </remarks>
internal readonly record struct SeriesKey
{
    /// <summary>
    /// Of its own per process, so that no sender can choose attributes that collide, be it with another's or in one bucket.
    /// </summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    private SeriesKey(UInt128 hash) => Hash = hash;

    public UInt128 Hash { get; }

    public static SeriesKey OfResource(ResourceReader resource) => new(Pairs(resource.Attributes));

    public SeriesKey WithScope(InstrumentationScopeReader scope) =>
        With(Hash128(scope.Name)).With(Hash128(scope.Version)).With(Pairs(scope.Attributes));

    /// <param name="metric">Its name, unit and kind of data count, not its description.</param>
    /// <param name="monotonic">Of a sum.</param>
    public SeriesKey WithMetric(MetricReader metric, bool monotonic) =>
        With(Hash128(metric.Name)).With(Hash128(metric.Unit))
            .With(((UInt128)(uint)metric.Kind << 1) | (monotonic ? UInt128.One : UInt128.Zero));

    /// <summary>The key of one point.</summary>
    public SeriesKey WithAttributes(WireList<KeyValueReader> attributes) => attributes.IsEmpty ? this : With(Pairs(attributes));

    /// <summary>The key of one run of a series: from one start to the next, with buckets of one shape.</summary>
    public SeriesKey WithRun(ulong startTimeUnixNano, ulong shape) => With(new UInt128(shape, startTimeUnixNano));

    private SeriesKey With(UInt128 part) => new(Combine(Hash, part, AnyValueKind.None));

    private static UInt128 Pairs(WireList<KeyValueReader> pairs)
    {
        // A sum does not depend on the order of what is added.
        var sum = (UInt128)(uint)pairs.Count;
        foreach (var pair in pairs)
            sum += Combine(Hash128(pair.Key), Value(pair.Value), AnyValueKind.KeyValueList);
        return sum;
    }

    /// <summary>The depth of values is bounded by the validation at the door.</summary>
    private static UInt128 Value(AnyValueReader value)
    {
        switch (value.Kind)
        {
            case AnyValueKind.String or AnyValueKind.Bytes:
                return Hash128(value.Bytes, value.Kind);
            case AnyValueKind.Bool:
                return Combine(value.Bool ? 1UL : 0UL, 0, value.Kind);
            case AnyValueKind.Int:
                return Combine((ulong)value.Int, 0, value.Kind);
            case AnyValueKind.Double:
                return Combine(BitConverter.DoubleToUInt64Bits(value.Double), 0, value.Kind);
            case AnyValueKind.StringIndex:
                return Combine((uint)value.StringIndex, 0, value.Kind);
            case AnyValueKind.KeyValueList:
                return Combine(Pairs(value.KeyValues.Values), 0, value.Kind);
            case AnyValueKind.Array:
                var elements = value.Array.Values;
                var hash = (UInt128)(uint)elements.Count;
                foreach (var element in elements)
                    hash = Combine(hash, Value(element), value.Kind);
                return hash;
            default:
                return 0;
        }
    }

    private static UInt128 Combine(UInt128 first, UInt128 second, AnyValueKind kind)
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, first);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[16..], second);
        return Hash128(bytes, kind);
    }

    private static UInt128 Hash128(ReadOnlySpan<byte> bytes, AnyValueKind kind = AnyValueKind.None) =>
        XxHash128.HashToUInt128(bytes, unchecked(Seed + (long)kind));
}
