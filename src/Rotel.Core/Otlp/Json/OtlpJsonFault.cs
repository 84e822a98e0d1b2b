namespace Rotel.Otlp.Json;

/// <summary>Why an OTLP/JSON body was not turned into wire form. A closed list.</summary>
internal enum OtlpJsonFault
{
    /// <summary>Nothing: it was.</summary>
    None = 0,

    /// <summary>Not JSON (https://www.rfc-editor.org/rfc/rfc8259): broken, cut short, or followed by something.</summary>
    Syntax,

    /// <summary>Messages nested deeper than <see cref="OtlpLimits.MaxDepth"/>, or values of unknown keys deeper than is followed.</summary>
    TooDeep,

    /// <summary>A value of another JSON type than its field takes.</summary>
    WrongType,

    /// <summary>The text of a number that is none, or is not whole where the field holds whole numbers.</summary>
    BadNumber,

    /// <summary>A number that its field cannot hold.</summary>
    OutOfRange,

    /// <summary>An id that is not hexadecimal.</summary>
    BadHex,

    /// <summary>Bytes that are not base64.</summary>
    BadBase64,

    /// <summary>A name that the enumeration does not have.</summary>
    UnknownEnumName,

    /// <summary>
    /// A string that is not Unicode, where <see cref="OtlpLimits.RejectsInvalidUtf8"/> says to refuse rather than to repair.
    /// </summary>
    InvalidText,

    /// <summary>The wire form is longer than the caller allows.</summary>
    TooLarge,

    /// <summary>The byte budget has no room for the wire form at this moment.</summary>
    NoRoom,
}
