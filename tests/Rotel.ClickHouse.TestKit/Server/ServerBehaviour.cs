using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>What a <see cref="ClickHouseServer"/> does with one request.</summary>
public abstract record ServerBehaviour
{
    /// <summary>Carries it out and answers.</summary>
    public static ServerBehaviour Serve { get; } = new ServeRequest(LosesAnswer: false, CutsAnswer: false);

    /// <summary>Closes the connection before a byte of the body is read; nothing is carried out.</summary>
    public static ServerBehaviour CloseBeforeReading { get; } = new CloseConnection(AfterBytes: 0);

    /// <summary>Carries it out, then closes the connection without an answer: the client cannot know what happened.</summary>
    public static ServerBehaviour LoseAnswer { get; } = new ServeRequest(LosesAnswer: true, CutsAnswer: false);

    /// <summary>Carries it out, answers 200 and closes the connection within the answer's body.</summary>
    public static ServerBehaviour CutAnswer { get; } = new ServeRequest(LosesAnswer: false, CutsAnswer: true);

    /// <summary>Never answers and carries nothing out; the request hangs until the client gives up or the server stops.</summary>
    public static ServerBehaviour NeverAnswer { get; } = new HoldRequest(new TaskCompletionSource().Task, Serve);

    private ServerBehaviour()
    {
    }

    /// <summary>Closes the connection once so many bytes of the body are read, or the body has ended; nothing is carried out.</summary>
    public static ServerBehaviour CloseMidBody(int afterBytes) => new CloseConnection(afterBytes);

    /// <summary>
    /// Answers with a status that is not ClickHouse's own, as a proxy would: no <c>X-ClickHouse-</c> headers. Nothing is carried out.
    /// </summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="retryAfter">The text of the Retry-After header, or null for none.</param>
    /// <param name="body">The text of the body.</param>
    public static ServerBehaviour Status(int code, string? retryAfter = null, string body = "refused by the test\n") =>
        new AnswerStatus(code, retryAfter, body);

    /// <summary>Answers with an error of ClickHouse in status, header and body. Nothing is carried out.</summary>
    /// <param name="code">The error's number, such as 252.</param>
    /// <param name="name">The error's name, such as <c>TOO_MANY_PARTS</c>.</param>
    /// <param name="detail">What the error says.</param>
    public static ServerBehaviour Refuse(int code, string name, string detail) =>
        new AnswerError(new ClickHouseEngineException(code, name, detail), Late: null, Runs: false);

    /// <summary>Answers 200 with an error of ClickHouse in header or body.</summary>
    /// <param name="where">Where the error stands.</param>
    /// <param name="code">The error's number.</param>
    /// <param name="name">The error's name.</param>
    /// <param name="detail">What the error says.</param>
    /// <param name="runs">Whether the request is carried out all the same, as an insert whose view failed.</param>
    public static ServerBehaviour FailLate(LateError where, int code, string name, string detail, bool runs = false) =>
        new AnswerError(new ClickHouseEngineException(code, name, detail), where, runs);

    /// <summary>
    /// Holds the request, its body unread, until the test completes <paramref name="release"/>, then goes on with another behaviour.
    /// </summary>
    public static ServerBehaviour Hold(Task release, ServerBehaviour? then = null) => new HoldRequest(release, then ?? Serve);

    internal sealed record ServeRequest(bool LosesAnswer, bool CutsAnswer) : ServerBehaviour;

    internal sealed record CloseConnection(int AfterBytes) : ServerBehaviour;

    internal sealed record AnswerStatus(int Code, string? RetryAfter, string Body) : ServerBehaviour;

    internal sealed record AnswerError(ClickHouseEngineException Error, LateError? Late, bool Runs) : ServerBehaviour;

    internal sealed record HoldRequest(Task Release, ServerBehaviour Then) : ServerBehaviour;
}
