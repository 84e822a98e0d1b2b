using System.Diagnostics.CodeAnalysis;

namespace Rotel.Pipelines;

/// <summary>
/// The request headers that a receiver was told to keep with the telemetry. Immutable, and so shared by every piece and batch that a
/// payload becomes part of. May hold credentials: never logged, and <see cref="ToString"/> tells the names only.
/// </summary>
internal sealed class RequestMetadata : IEquatable<RequestMetadata>
{
    /// <summary>The most bytes of names and values kept of one request; headers that would pass it are left out.</summary>
    public const int MaxBytes = 4096;

    /// <summary>What an entry costs beside its characters: two objects and their place in the array.</summary>
    private const int EntryBytes = 64;

    private readonly KeyValuePair<string, string>[] _headers;

    /// <param name="headers">Names in lower case, each once; several values of a header joined by commas.</param>
    public RequestMetadata(IEnumerable<KeyValuePair<string, string>> headers)
    {
        _headers = [.. headers.OrderBy(header => header.Key, StringComparer.Ordinal)];
        foreach (var (name, value) in _headers)
            Charge += EntryBytes + ((name.Length + value.Length) * sizeof(char));
    }

    /// <summary>Bytes of memory this is accounted with, in the spare room of its payload's buffer.</summary>
    public int Charge { get; }

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Finds the value of a header by its name in lower case.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var header in _headers)
        {
            if (string.Equals(header.Key, name, StringComparison.Ordinal))
            {
                value = header.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Only the headers of these names; null when there are none of them.</summary>
    public RequestMetadata? Only(IReadOnlyList<string> names)
    {
        var matching = 0;
        foreach (var header in _headers)
            matching += names.Contains(header.Key) ? 1 : 0;
        return matching == 0 ? null
            : matching == _headers.Length ? this
            : new RequestMetadata(_headers.Where(header => names.Contains(header.Key)));
    }

    public bool Equals(RequestMetadata? other) =>
        ReferenceEquals(this, other) || (other is not null && _headers.AsSpan().SequenceEqual(other._headers));

    public override bool Equals(object? obj) => Equals(obj as RequestMetadata);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (name, value) in _headers)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", _headers.Select(header => header.Key));
}
