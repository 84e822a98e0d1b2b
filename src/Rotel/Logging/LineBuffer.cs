using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Rotel.Logging;

/// <summary>
/// The memory in which a line is made, kept by its thread for the next one. A value that logs while it is asked for its text gets another.
/// </summary>
internal sealed class LineBuffer
{
    /// <summary>Most lines are below it; a larger buffer, as the detailed debug log needs, is not kept.</summary>
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static LineBuffer? _kept;

    private Utf8JsonWriter? _json;

    private LineBuffer()
    {
    }

    public ArrayBufferWriter<byte> Bytes { get; } = new(1024);

    /// <summary>Writes to <see cref="Bytes"/>; to be asked for once per line.</summary>
    public Utf8JsonWriter StartJson(JsonWriterOptions options)
    {
        if (_json is null)
            _json = new Utf8JsonWriter(Bytes, options);
        else
            _json.Reset(Bytes);
        return _json;
    }

    /// <summary>An empty one, for this thread alone until <see cref="Return"/>.</summary>
    public static LineBuffer Take()
    {
        var line = _kept ?? new LineBuffer();
        _kept = null;
        return line;
    }

    public void Return()
    {
        Bytes.ResetWrittenCount();
        if (Bytes.Capacity <= MaxKept)
            _kept = this;
    }

    public void Add(ReadOnlySpan<byte> utf8) => Bytes.Write(utf8);

    /// <summary>Half of a surrogate pair becomes U+FFFD.</summary>
    public void Add(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, Bytes);
}
