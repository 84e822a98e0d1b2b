namespace Rotel.TestKit.Telemetry;

/// <summary>What a <see cref="WireReshaper"/> may do to an encoding; none of it changes the message.</summary>
[Flags]
public enum WireReshaping
{
    None = 0,

    /// <summary>Fields in any order; the order within a repeated field and within a oneof stays.</summary>
    ShuffleFields = 1,

    /// <summary>A singular message in several pieces, which merge.</summary>
    SplitMessages = 2,

    /// <summary>Other values before the last one of a singular scalar or oneof, and explicit zeros of absent fields.</summary>
    RepeatScalars = 4,

    /// <summary>Repeated scalars one by one, in several packed runs, or in a mixture.</summary>
    Repack = 8,

    /// <summary>Varints of tags, lengths and values in more bytes than they need: tags and lengths up to 5, values up to 10.</summary>
    PadVarints = 16,

    /// <summary>Unknown fields of every wire type, groups among them, inside messages below the top.</summary>
    UnknownFieldsBelow = 32,

    /// <summary>Unknown fields at the top level of the message.</summary>
    UnknownFieldsAtTop = 64,

    /// <summary>Everything that leaves the top level free of unknown fields, so that requests may be concatenated.</summary>
    Mergeable = ShuffleFields | SplitMessages | RepeatScalars | Repack | PadVarints | UnknownFieldsBelow,

    All = Mergeable | UnknownFieldsAtTop,
}
