namespace Rotel;

/// <summary>How a message of Rotel's own is written.</summary>
public enum RotelLogFormat
{
    /// <summary>A line for people: time, severity, category, message.</summary>
    Text,

    /// <summary>A JSON object on one line.</summary>
    Json,
}
