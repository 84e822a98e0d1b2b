using System.Runtime.InteropServices;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Otlp.Json;

/// <summary>What became of an OTLP/JSON body: its wire form, or a fault, where it is, and words for the sender's developer.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OtlpJsonReading
{
    /// <summary><see cref="OtlpJsonFault.None"/> when there is a wire form.</summary>
    public OtlpJsonFault Fault { get; init; }

    /// <summary>The wire form in its first <see cref="Length"/> bytes, the caller's to dispose; null when there is a fault.</summary>
    public PooledBuffer? Buffer { get; init; }

    /// <summary>Length of the wire form in bytes.</summary>
    public int Length { get; init; }

    /// <summary>Where in the JSON text, in bytes from its beginning, the faulty value or character stands.</summary>
    public int Offset { get; init; }

    /// <summary>
    /// The field that could not be read, or the message around it, such as <c>resourceSpans[0].scopeSpans[2].spans[17].traceId</c>; empty
    /// for the request itself. Only names of the protocol and indexes, of bounded length: nothing that the sender wrote.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>What the field takes; null where that is not the point.</summary>
    public string? Expected { get; init; }

    /// <summary>
    /// With <see cref="OtlpJsonFault.NoRoom"/>: bytes of the buffer that was not to be had. Who can wait for room rents one of that size
    /// and reads again into it.
    /// </summary>
    public int RoomNeeded { get; init; }

    public bool IsRead => Fault == OtlpJsonFault.None;

    /// <summary>The reason that a request is refused for.</summary>
    public RefusalReason Reason => Fault switch
    {
        OtlpJsonFault.TooLarge => RefusalReason.TooLarge,
        OtlpJsonFault.NoRoom => RefusalReason.Busy,
        _ => RefusalReason.Malformed,
    };

    /// <summary>The fault in words a client's developer can act on.</summary>
    public string Describe()
    {
        var at = string.IsNullOrEmpty(Path) ? $"At byte {Offset}" : $"{Path} at byte {Offset}";
        return Fault switch
        {
            OtlpJsonFault.None => "The body is OTLP/JSON.",
            OtlpJsonFault.Syntax => $"The body is not valid JSON at byte {Offset}{(string.IsNullOrEmpty(Path) ? "" : $", in {Path}")}.",
            OtlpJsonFault.TooDeep => $"{at}: values are nested too deep.",
            OtlpJsonFault.BadNumber or OtlpJsonFault.WrongType => $"{at}: expected {Expected}.",
            OtlpJsonFault.OutOfRange => $"{at}: the number is out of range; expected {Expected}.",
            OtlpJsonFault.BadHex =>
                $"{at}: expected an id as hexadecimal digits, two for each byte; OTLP/JSON does not write ids as base64.",
            OtlpJsonFault.BadBase64 => $"{at}: expected base64.",
            OtlpJsonFault.UnknownEnumName => $"{at}: the enumeration has no such name; expected {Expected}.",
            OtlpJsonFault.InvalidText => $"{at}: the string is not valid Unicode.",
            OtlpJsonFault.TooLarge => "The body is too large in its binary form.",
            _ => "No room for the body at this moment; try again later.",
        };
    }
}
