namespace Rotel.Otlp;

/// <summary>What is wrong with a body that is not a legal export request. A closed list: it is used as a metric attribute.</summary>
internal enum OtlpFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A field or a group runs past the end of its message.</summary>
    Truncated,

    /// <summary>A tag with field number 0, with a wire type that does not exist, or with a value over 32 bits.</summary>
    BadTag,

    /// <summary>A varint longer than ten bytes.</summary>
    BadVarint,

    /// <summary>A length that runs past the end of the enclosing message, or a packed list that does not hold whole elements.</summary>
    BadLength,

    /// <summary>An end-group tag without its start.</summary>
    UnbalancedGroup,

    /// <summary>Messages and groups nested deeper than <see cref="OtlpLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>A string that is not UTF-8, where the limits say to refuse rather than to repair.</summary>
    InvalidUtf8,
}
