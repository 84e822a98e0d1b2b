namespace Rotel.Processors.Editing;

/// <summary>The messages that an editor looks at; the others are not entered.</summary>
[Flags]
internal enum EditLevels
{
    None = 0,

    /// <summary>The Resource, once per ResourceX.</summary>
    Resource = 1,

    /// <summary>The InstrumentationScope, once per ScopeX.</summary>
    Scope = 2,

    /// <summary>Each metric as a whole; nothing in the other signals.</summary>
    Metric = 4,

    /// <summary>Each span, data point or log record.</summary>
    Item = 8,
}
