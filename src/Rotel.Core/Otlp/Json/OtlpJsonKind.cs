namespace Rotel.Otlp.Json;

/// <summary>
/// How the value of a field stands in OTLP/JSON and in wire form: the protobuf types, and ids, whose bytes are hexadecimal.
/// </summary>
internal enum OtlpJsonKind : byte
{
    Message,
    String,
    Bytes,
    Id,
    Bool,
    Enum,
    Int32,
    UInt32,
    SInt32,
    Fixed32,
    Int64,
    UInt64,
    Fixed64,
    SFixed64,
    Double,
}
