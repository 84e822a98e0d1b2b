using Microsoft.AspNetCore.Http;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>Takes the headers that are to be kept from requests.</summary>
/// <param name="names">In lower case, each once.</param>
internal sealed class MetadataCapture(string[] names)
{
    /// <summary>Null when nothing is to be kept.</summary>
    public static MetadataCapture? From(OtlpMetadataOptions options) => options.Include && options.Headers.Count > 0
        ? new MetadataCapture([.. options.Headers.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)])
        : null;

    /// <summary>
    /// What is kept of one request; null when it has none of the headers. Values that could not be sent on, for they are not visible ASCII,
    /// are left out.
    /// </summary>
    public RequestMetadata? Capture(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? kept = null;
        var left = RequestMetadata.MaxBytes;
        foreach (var name in names)
        {
            if (!headers.TryGetValue(name, out var values) || values.Count == 0)
                continue;
            var value = values.Count == 1 ? values[0] ?? "" : string.Join(',', values.ToArray());
            if (name.Length + value.Length > left || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                continue;
            left -= name.Length + value.Length;
            (kept ??= []).Add(new(name, value));
        }

        return kept is null ? null : new RequestMetadata(kept);
    }
}
