namespace Rotel.Logging;

/// <summary>How a message becomes a line. Without state, so one serves all threads.</summary>
internal abstract class LineFormat
{
    public static LineFormat Text { get; } = new TextLineFormat();

    public static LineFormat Json { get; } = new JsonLineFormat();

    public static LineFormat Of(RotelLogFormat format) => format == RotelLogFormat.Json ? Json : Text;

    /// <summary>Adds the line, line break included. Throws what values of the message throw when they are asked for their text.</summary>
    public abstract void Write(LineBuffer line, in LogEvent logEvent);
}
