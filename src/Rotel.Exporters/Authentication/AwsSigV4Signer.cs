using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rotel.Exporters.Authentication;

/// <summary>
/// AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). A pure function of
/// what it is given.
/// </summary>
internal static class AwsSigV4Signer
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    public static string DateHeader(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="url">With an escaped path and query, as it is sent.</param>
    /// <param name="headers">The headers to sign: lower-case names, <c>host</c> and <c>x-amz-date</c> among them.</param>
    /// <param name="bodyHash">SHA-256 of the body, in lower-case hexadecimal digits.</param>
    /// <param name="credentials">The keys.</param>
    /// <param name="region">The region.</param>
    /// <param name="service">The service.</param>
    /// <param name="time">As in <c>x-amz-date</c>.</param>
    public static string Authorize(
        string method,
        Uri url,
        SortedDictionary<string, string> headers,
        string bodyHash,
        AwsCredentials credentials,
        string region,
        string service,
        DateTimeOffset time)
    {
        var names = string.Join(';', headers.Keys);
        var request = new StringBuilder().Append(method).Append('\n').Append(Path(url)).Append('\n').Append(Query(url)).Append('\n');
        foreach (var (name, value) in headers)
            request.Append(name).Append(':').Append(Trim(value)).Append('\n');
        request.Append('\n').Append(names).Append('\n').Append(bodyHash);

        var date = DateHeader(time);
        var day = date[..8];
        var scope = $"{day}/{region}/{service}/aws4_request";
        var text = $"{Algorithm}\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.ToString())))}";
        var key = Hmac(Encoding.UTF8.GetBytes($"AWS4{credentials.SecretAccessKey}"), day);
        key = Hmac(Hmac(Hmac(key, region), service), "aws4_request");
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Hex(Hmac(key, text))}";
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Every service but S3 wants the path without empty segments, and each escaped once more than it is sent.</summary>
    private static string Path(Uri url)
    {
        var path = url.AbsolutePath;
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var end = segments.Length > 0 && path.EndsWith('/') ? "/" : "";
        return $"/{string.Join('/', segments.Select(Uri.EscapeDataString))}{end}";
    }

    /// <summary>Parameters sorted by name, then value, in their escaped form.</summary>
    private static string Query(Uri url)
    {
        if (url.Query.Length < 2)
            return "";

        var pairs = url.Query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            var name = split < 0 ? pair : pair[..split];
            var value = split < 0 ? "" : pair[(split + 1)..];
            return (Name: Escape(name), Value: Escape(value));
        });
        return string.Join(
            '&',
            pairs.OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
                .Select(pair => $"{pair.Name}={pair.Value}"));

        static string Escape(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));
    }

    private static string Trim(string value) =>
        string.Join(' ', value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
