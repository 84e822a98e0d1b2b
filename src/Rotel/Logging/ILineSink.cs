namespace Rotel.Logging;

/// <summary>Where finished lines go. Never throws, for its callers are in the middle of something else; safe for concurrent use.</summary>
internal interface ILineSink : IDisposable
{
    /// <summary>Writes whole lines, each with its line break, as one piece; they are out of the process when this returns.</summary>
    void Write(ReadOnlySpan<byte> lines);
}
