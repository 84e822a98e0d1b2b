namespace Rotel.Exporters.Otlp;

/// <summary>
/// Tells "this message is too large for me" from other refusals of the same code. No status says it alone, so the words decide, as the
/// servers in use choose them:
/// grpc-go and C++ "received message larger than max (5 vs. 4)", grpc-go after gunzip "received message after decompression larger than
/// max (5 vs. 4)"; grpc-dotnet "Received message exceeds the maximum configured message size."; grpc-java "gRPC message exceeds maximum size 4:
/// 5"; tonic "Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes"; Go's net/http, which the Collector answers
/// with as 400, "http: request body too large".
/// </summary>
internal static class SizeRefusal
{
    /// <summary>Whether the text of a RESOURCE_EXHAUSTED or OUT_OF_RANGE speaks of the size of our message.</summary>
    public static bool IsSaidBy(string message) =>
        (Has(message, "message") && Has(message, "larger than max") && !Has(message, "trying to send"))
        || Has(message, "message exceeds maximum size")
        || Has(message, "message exceeds the maximum configured message size")
        || Has(message, "message length too large");

    /// <summary>Whether the text of an HTTP 400 does.</summary>
    public static bool IsSaidByHttp(string message) => Has(message, "request body too large");

    private static bool Has(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
