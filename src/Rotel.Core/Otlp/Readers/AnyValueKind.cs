namespace Rotel.Otlp.Readers;

/// <summary>Which member of AnyValue's oneof is set; the numbers are the members' field numbers.</summary>
internal enum AnyValueKind
{
    /// <summary>No member: an empty value, which is legal.</summary>
    None = 0,
    String = 1,
    Bool = 2,
    Int = 3,
    Double = 4,
    Array = 5,
    KeyValueList = 6,
    Bytes = 7,

    /// <summary>An index into the string table of profiles; it has no meaning in the other signals.</summary>
    StringIndex = 8,
}
