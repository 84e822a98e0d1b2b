using System.Runtime.InteropServices;

namespace Rotel.Otlp;

/// <summary>What one pass of <see cref="OtlpValidator"/> over a body found out: a fault and where it is, or what later steps need to know.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OtlpValidation
{
    /// <summary>What is wrong; <see cref="OtlpFault.None"/> for a legal body. Everything else but <see cref="Offset"/> is only meaningful then.</summary>
    public OtlpFault Fault { get; init; }

    /// <summary>Where in the body the faulty tag, length, value or string begins, in bytes; the end of its message where it is missing.</summary>
    public int Offset { get; init; }

    /// <summary>Spans, data points or log records.</summary>
    public int ItemCount { get; init; }

    /// <summary>Strings that are not UTF-8 and need <see cref="OtlpUtf8Repair"/> before the body goes anywhere.</summary>
    public int InvalidUtf8Count { get; init; }

    /// <summary>Spans, metrics or log records larger than <see cref="OtlpLimits.MaxItemBytes"/>.</summary>
    public int OversizedItemCount { get; init; }

    /// <summary>
    /// Whether the envelopes have the shape that every serialiser writes: in a ResourceX and a ScopeX at most one resource or scope, then the
    /// repeated field, then at most one schema URL, and nothing else; in a metric at most one data field. Says nothing about items inside.
    /// </summary>
    public bool IsCanonical { get; init; }

    /// <summary>Whether the request has a field beside the repeated field 1: such a body is never merged with another, nor split.</summary>
    public bool HasUnknownTopLevelField { get; init; }

    public bool IsValid => Fault == OtlpFault.None;

    /// <summary>The fault in words a client's developer can act on.</summary>
    public string Describe() => Fault switch
    {
        OtlpFault.None => "The body is a legal OTLP request.",
        OtlpFault.Truncated => $"The body is not valid protobuf: a field runs past the end of its message at byte {Offset}.",
        OtlpFault.BadTag => $"The body is not valid protobuf: byte {Offset} does not begin a valid tag.",
        OtlpFault.BadVarint => $"The body is not valid protobuf: the varint at byte {Offset} is longer than ten bytes.",
        OtlpFault.BadLength => $"The body is not valid protobuf: the length at byte {Offset} does not fit the enclosing message or its element type.",
        OtlpFault.UnbalancedGroup => $"The body is not valid protobuf: the end of a group at byte {Offset} has no start.",
        OtlpFault.TooDeep => $"Messages are nested too deep at byte {Offset}.",
        _ => $"The string at byte {Offset} is not valid UTF-8.",
    };
}
