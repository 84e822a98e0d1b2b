namespace Rotel.Processors.Redaction;

/// <summary>What stands in place of a value that redaction hides.</summary>
public enum RedactionHash
{
    /// <summary>The text <c>[REDACTED]</c>.</summary>
    None,

    /// <summary>The MD5 of the value's UTF-8, as all of these in lower-case hexadecimal; only to match what other systems wrote.</summary>
    Md5,

    /// <summary>Its SHA-1; only to match what other systems wrote.</summary>
    Sha1,

    /// <summary>Its SHA-256.</summary>
    Sha256,

    /// <summary>Its SHA-384.</summary>
    Sha384,

    /// <summary>Its SHA-512.</summary>
    Sha512,

    /// <summary>Its SHA3-256, where the operating system has it.</summary>
    Sha3,
}
