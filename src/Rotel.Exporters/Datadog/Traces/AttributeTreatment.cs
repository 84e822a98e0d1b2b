namespace Rotel.Exporters.Datadog.Traces;

/// <summary>How an attribute becomes a tag.</summary>
internal enum AttributeTreatment : byte
{
    /// <summary>Copied.</summary>
    Copied,

    /// <summary>It names something of the span itself, and is no tag.</summary>
    Consumed,

    /// <summary>As a text copied after all others, because what it becomes hangs on them; as a number copied.</summary>
    Last,

    /// <summary>A number is written by a rule; a text is copied when it is a legal HTTP status code.</summary>
    HttpStatus,

    /// <summary>Copied as the name of a service has to look.</summary>
    Service,

    /// <summary>Copied as the value of a tag has to look.</summary>
    TagValue,

    /// <summary>A text that reads as true or false marks the span as an analysed one; a number is copied.</summary>
    AnalyticsEvent,
}
