using System.Buffers.Text;
using System.Text;
using Rotel.Pipelines;

namespace Rotel.Receivers.Sharing;

/// <summary>
/// The request headers that a follower's receivers have kept, on their way to the holder: one header of its own, so that no name of theirs
/// can mean anything to the request that carries them. Names and values are base64url of their UTF-8, <c>name.value,name.value</c>: whatever
/// text they are, they arrive as they were. With what <see cref="RequestMetadata.MaxBytes"/> lets through this is less than 6 KiB for ASCII,
/// and 17 KiB for anything.
/// </summary>
internal static class MetadataHeader
{
    public const string Name = "rotel-metadata";

    public static string Write(RequestMetadata metadata)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in metadata.Headers)
            text.Append(text.Length == 0 ? "" : ",").Append(Encode(name)).Append('.').Append(Encode(value));
        return text.ToString();
    }

    /// <summary>False where the text is none of <see cref="Write"/>'s. Null is an empty text.</summary>
    public static bool TryRead(string? text, out RequestMetadata? metadata)
    {
        metadata = null;
        if (string.IsNullOrEmpty(text))
            return true;

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var range in text.AsSpan().Split(','))
        {
            var header = text.AsSpan()[range];
            var dot = header.IndexOf('.');
            if (dot < 0 || !TryDecode(header[..dot], out var name) || !TryDecode(header[(dot + 1)..], out var value))
                return false;
            headers.Add(new(name, value));
        }

        metadata = new RequestMetadata(headers);
        return true;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static bool TryDecode(ReadOnlySpan<char> base64, out string text)
    {
        text = "";
        if (!Base64Url.IsValid(base64, out var length))
            return false;
        var bytes = new byte[length];
        Base64Url.DecodeFromChars(base64, bytes);
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
