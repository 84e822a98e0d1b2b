namespace Rotel.TestKit.Telemetry;

/// <summary>
/// What a <see cref="WireBreaker"/> makes wrong. Google.Protobuf refuses them all; Rotel repairs the last, unless told otherwise.
/// </summary>
public enum WireFault
{
    /// <summary>The message ends inside a field.</summary>
    Truncated,

    /// <summary>A length reaches past the end of the message around it.</summary>
    LengthTooLong,

    /// <summary>A length of more than 2 GiB, the size protobuf allows.</summary>
    LengthNegative,

    /// <summary>A nested message's length ends inside one of its fields.</summary>
    LengthTooShort,

    /// <summary>A tag of field number 0.</summary>
    FieldZero,

    /// <summary>A tag of wire type 6.</summary>
    WireTypeSix,

    /// <summary>A tag of wire type 7.</summary>
    WireTypeSeven,

    /// <summary>A varint of eleven bytes.</summary>
    OverlongVarint,

    /// <summary>A group that does not end.</summary>
    UnendedGroup,

    /// <summary>The end of a group that did not start.</summary>
    UnstartedGroup,

    /// <summary>A group ended by another number than it started with.</summary>
    MismatchedGroup,

    /// <summary>Unknown groups nested too deeply.</summary>
    GroupDepthBomb,

    /// <summary>Attribute values nested too deeply; every length is right.</summary>
    ValueDepthBomb,

    /// <summary>A string that is not UTF-8. Rotel repairs or rejects it, as it is told.</summary>
    InvalidUtf8,
}
