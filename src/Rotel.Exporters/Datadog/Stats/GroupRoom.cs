namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Which limit the group of a span is held to.</summary>
internal enum GroupRoom
{
    /// <summary>A group of the span's own values: of number and bytes.</summary>
    Own,

    /// <summary>The group of an origin for spans that find no room: of number only.</summary>
    Blocked,

    /// <summary>The one group for all that is left: there is always room for it.</summary>
    Last,
}
