using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>The scalar encodings that occur repeated in OTLP.</summary>
internal static class ScalarFormats
{
    /// <summary>fixed64.</summary>
    public readonly struct Fixed64 : IScalarFormat<ulong>
    {
        public static WireType Type => WireType.Fixed64;

        public static ulong Read(ref WireReader reader) => reader.ReadFixed64();
    }

    /// <summary>double.</summary>
    public readonly struct Double : IScalarFormat<double>
    {
        public static WireType Type => WireType.Fixed64;

        public static double Read(ref WireReader reader) => reader.ReadDouble();
    }

    /// <summary>uint64.</summary>
    public readonly struct UInt64 : IScalarFormat<ulong>
    {
        public static WireType Type => WireType.Varint;

        public static ulong Read(ref WireReader reader) => reader.ReadVarint();
    }
}
