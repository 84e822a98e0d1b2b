using System.Runtime.InteropServices;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Where the parts of one message that can be cut lie in the body: its children (ResourceX, ScopeX, items, the data of a metric, points) in
/// one run, and around them the rest, which every piece repeats.
/// </summary>
/// <param name="Tag">The tag byte under which the message stands in its parent; 0 for the request.</param>
/// <param name="Start">Where its fields begin.</param>
/// <param name="ChildrenStart">Where the tag of its first child begins.</param>
/// <param name="ChildrenEnd">Where its last child ends; equal to the start where there is none.</param>
/// <param name="End">Where its fields end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OtlpEnvelope(byte Tag, int Start, int ChildrenStart, int ChildrenEnd, int End)
{
    /// <summary>The request, ResourceX, ScopeX, metric, data.</summary>
    public const int MaxLevels = 5;

    private const int MetricLevel = 3;

    /// <summary>The bytes that every piece repeats.</summary>
    public int RestLength => ChildrenStart - Start + (End - ChildrenEnd);

    public bool IsEmpty => ChildrenStart == ChildrenEnd;

    /// <summary>The level whose children are items: the ScopeX for spans and log records, the data of a metric for points.</summary>
    public static int ItemLevel(OtlpSignal signal) => signal == OtlpSignal.Metrics ? 4 : 2;

    /// <summary>Whether a field of a message at a level (the request is 0) is one of its children.</summary>
    public static bool IsChild(int level, int field, WireType type) => type == WireType.LengthDelimited && level switch
    {
        0 or 4 => field == 1,
        MetricLevel => field is 5 or 7 or 9 or 10 or 11,
        _ => field == 2,
    };

    /// <summary>Finds the children of the message at <paramref name="start"/>, which is <see cref="OtlpEnvelopeOrder">ordered</see>.</summary>
    public static OtlpEnvelope Read(ReadOnlySpan<byte> body, int level, byte tag, int start, int end)
    {
        var childrenStart = -1;
        var childrenEnd = end;
        var reader = new WireReader(body[start..end]);
        var fieldStart = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            reader.Skip(field, type);
            if (IsChild(level, field, type))
            {
                if (childrenStart < 0)
                    childrenStart = start + fieldStart;
                childrenEnd = start + reader.Position;
            }

            fieldStart = reader.Position;
        }

        return new OtlpEnvelope(tag, start, childrenStart < 0 ? end : childrenStart, childrenEnd, end);
    }

    /// <summary>The length of a child with these fields under its parent: tag, length, fields.</summary>
    public static int FramedLength(int length) => 1 + WireFormat.VarintLength((uint)length) + length;
}
