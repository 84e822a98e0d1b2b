using System.Text.Json;

namespace Rotel.DeadLetters;

/// <summary>The keys of a line, in its order; what is long comes last, so that the beginning of a line says what it is.</summary>
internal static class DeadLetterNames
{
    public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    public static readonly JsonEncodedText Signal = JsonEncodedText.Encode("signal");
    public static readonly JsonEncodedText Exporter = JsonEncodedText.Encode("exporter");
    public static readonly JsonEncodedText Items = JsonEncodedText.Encode("items");
    public static readonly JsonEncodedText Delivered = JsonEncodedText.Encode("delivered");
    public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    public static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    public static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");

    /// <summary>The Export…ServiceRequest as OTLP/JSON.</summary>
    public static readonly JsonEncodedText Request = JsonEncodedText.Encode("request");

    /// <summary>In its place, its wire form in base64, where JSON cannot say all that is in it.</summary>
    public static readonly JsonEncodedText Protobuf = JsonEncodedText.Encode("protobuf");

    /// <summary>
    /// Parts of header names whose values are taken for credentials: these are not written, and a line that lacks one is not sent.
    /// </summary>
    private static readonly string[] Credentials =
        ["auth", "cookie", "token", "secret", "password", "key", "credential", "signature", "session"];

    public static bool IsCredential(string header) =>
        Array.Exists(Credentials, part => header.Contains(part, StringComparison.OrdinalIgnoreCase));
}
