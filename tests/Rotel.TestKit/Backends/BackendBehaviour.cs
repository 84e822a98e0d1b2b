using Grpc.Core;

namespace Rotel.TestKit.Backends;

/// <summary>What an <see cref="OtlpBackend"/> does with one request. Each serves both protocols unless it says otherwise.</summary>
public abstract record BackendBehaviour
{
    /// <summary>Keeps the items and answers with success.</summary>
    public static BackendBehaviour Accept { get; } = new AcceptItems(RejectedItems: 0, Message: string.Empty);

    /// <summary>Drops the connection before an answer; the items are not kept.</summary>
    public static BackendBehaviour Reset { get; } = new ResetConnection(MidResponse: false, KeepItems: false);

    /// <summary>
    /// Keeps the items, then drops the connection before an answer: the client cannot know, and its retry makes duplicates.
    /// </summary>
    public static BackendBehaviour KeepThenReset { get; } = new ResetConnection(MidResponse: false, KeepItems: true);

    /// <summary>Starts a successful answer and drops the connection within it; the items are not kept.</summary>
    public static BackendBehaviour ResetMidResponse { get; } = new ResetConnection(MidResponse: true, KeepItems: false);

    /// <summary>Never answers; the request hangs until the client gives up or the backend stops.</summary>
    public static BackendBehaviour NeverAnswer { get; } = new HoldRequest(new TaskCompletionSource().Task, Accept);

    /// <summary>
    /// Success over HTTP in a content type that is not OTLP's, as a proxy's sign-in page would be; the items are not kept.
    /// </summary>
    public static BackendBehaviour WrongContentType { get; } = new RawAnswer(200, "text/html", "<html>Please sign in</html>"u8.ToArray());

    /// <summary>
    /// Success in OTLP's content type with a body that is no protobuf (which over gRPC is no answer of gRPC at all); the items are not
    /// kept.
    /// </summary>
    public static BackendBehaviour GarbageBody { get; } = new RawAnswer(200, "application/x-protobuf", [0xFF, 0xFF, 0xFF, 0x07, 0x01]);

    private BackendBehaviour()
    {
    }

    /// <summary>Keeps the items and answers with a partial success; zero rejected with a message is a warning.</summary>
    public static BackendBehaviour PartialSuccess(long rejectedItems, string message) => new AcceptItems(rejectedItems, message);

    /// <summary>Holds the request until the test completes <paramref name="release"/>, then goes on with another behaviour.</summary>
    public static BackendBehaviour Hold(Task release, BackendBehaviour? then = null) => new HoldRequest(release, then ?? Accept);

    /// <summary>Refuses with an HTTP status; on the gRPC port as a proxy in front of it would, without a gRPC status.</summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="retryAfter">
    /// The text of the Retry-After header: seconds, or a date such as <c>DateTimeOffset.ToString("R")</c> gives.
    /// </param>
    public static BackendBehaviour Status(int code, string? retryAfter = null) => new HttpStatus(code, retryAfter);

    /// <summary>
    /// Refuses with a gRPC status; over HTTP with the status that stands for it (503 for unavailable, 429 for exhausted, 400 ...).
    /// </summary>
    /// <param name="code">The status.</param>
    /// <param name="retryDelay">
    /// Sent as RetryInfo in <c>grpc-status-details-bin</c>, or in whole seconds as Retry-After; null sends none.
    /// </param>
    /// <param name="message">The text of the status.</param>
    public static BackendBehaviour Refuse(StatusCode code, TimeSpan? retryDelay = null, string message = "refused by the test") =>
        new GrpcStatus(code, retryDelay, message);

    internal sealed record AcceptItems(long RejectedItems, string Message) : BackendBehaviour;

    internal sealed record ResetConnection(bool MidResponse, bool KeepItems) : BackendBehaviour;

    internal sealed record HoldRequest(Task Release, BackendBehaviour Then) : BackendBehaviour;

    internal sealed record RawAnswer(int Code, string ContentType, byte[] Body) : BackendBehaviour;

    internal sealed record HttpStatus(int Code, string? RetryAfter) : BackendBehaviour;

    internal sealed record GrpcStatus(StatusCode Code, TimeSpan? RetryDelay, string Message) : BackendBehaviour;
}
