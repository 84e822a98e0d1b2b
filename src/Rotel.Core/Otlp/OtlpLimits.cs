using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>How closely <see cref="OtlpValidator"/> looks at a body, and what it refuses.</summary>
internal sealed record OtlpLimits
{
    /// <summary>For bodies from the network: everything is checked; invalid UTF-8 is counted for repair.</summary>
    public static OtlpLimits Untrusted { get; } = new();

    /// <summary>
    /// For bodies that our own process's serialiser has just written: the envelopes are walked and items counted, nothing inside a
    /// resource, a scope or an item is looked at, except that the points of a metric are counted.
    /// </summary>
    public static OtlpLimits InProcess { get; } = new() { ChecksContents = false };

    /// <summary>How many messages and unknown groups may be open inside the request at once.</summary>
    /// <value>
    /// The default is 100: what Google.Protobuf (C#, Java, C++) and prost parse by default, so that a body accepted here is not refused
    /// behind us for its depth. A plain attribute value is at depth 5, and a list inside a value adds 2. No more than what
    /// <see cref="WireReader"/> can follow.
    /// </value>
    public int MaxDepth { get; init; } = WireReader.MaxGroupDepth;

    /// <summary>
    /// The largest encoded span, log record or metric, in bytes without its tag and length. Larger ones are counted in
    /// <see cref="OtlpValidation.OversizedItemCount"/>; they do not make a body invalid.
    /// </summary>
    /// <value>The default is none.</value>
    public int MaxItemBytes { get; init; } = int.MaxValue;

    /// <summary>Whether a string that is not UTF-8 makes the body invalid; otherwise it is counted, for <see cref="OtlpUtf8Repair"/>.</summary>
    public bool RejectsInvalidUtf8 { get; init; }

    /// <summary>Whether resources, scopes and items are checked inside.</summary>
    public bool ChecksContents { get; init; } = true;
}
