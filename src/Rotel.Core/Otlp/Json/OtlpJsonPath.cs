using System.Globalization;

namespace Rotel.Otlp.Json;

/// <summary>Where in a request something is, put together from the inside out; made only for a body that is refused.</summary>
internal sealed class OtlpJsonPath
{
    /// <summary>The longest path, in characters; from a longer one the middle is left out.</summary>
    public const int MaxLength = 300;

    private const int HeadLength = 120;
    private const string Gap = "…";

    private readonly List<string> _segments = [];

    public void Prepend(string key) => _segments.Add(key);

    public void Prepend(int index) => _segments.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    public override string ToString()
    {
        var path = new System.Text.StringBuilder();
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            if (path.Length > 0 && _segments[i][0] != '[')
                path.Append('.');
            path.Append(_segments[i]);
        }

        if (path.Length > MaxLength)
            path.Remove(HeadLength, path.Length - MaxLength + Gap.Length).Insert(HeadLength, Gap);
        return path.ToString();
    }
}
