namespace Rotel.Logging;

/// <summary>Standard error, for the <c>rotel</c> command. Where nobody reads it, messages go nowhere.</summary>
internal sealed class StandardErrorLines : ILineSink
{
    private readonly Lock _lock = new();
    private readonly Stream _stream = Console.OpenStandardError();

    public void Write(ReadOnlySpan<byte> lines)
    {
        lock (_lock)
        {
            try
            {
                _stream.Write(lines);
                _stream.Flush();
            }
            catch (IOException)
            {
                // There is no other place to say it.
            }
        }
    }

    public void Dispose() => _stream.Dispose();
}
