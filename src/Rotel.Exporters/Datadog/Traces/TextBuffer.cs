using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>A short text in UTF-8 that is put together, and cut between characters where it passes its room.</summary>
internal sealed class TextBuffer(int room)
{
    private readonly byte[] _bytes = new byte[room];
    private int _length;

    /// <summary>Valid until the next write.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public TextBuffer Append(ReadOnlySpan<byte> text)
    {
        var fitting = DatadogTags.Cut(text, _bytes.Length - _length);
        fitting.CopyTo(_bytes.AsSpan(_length));
        _length += fitting.Length;
        return this;
    }

    /// <summary>Shortens the text.</summary>
    public void Cut(int length) => _length = Math.Min(_length, length);
}
