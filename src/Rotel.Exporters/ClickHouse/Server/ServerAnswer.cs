using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>What became of one request.</summary>
/// <param name="Kind">How far it came.</param>
/// <param name="Host">Who was asked.</param>
/// <param name="Status">The HTTP status; zero without an answer.</param>
/// <param name="Code">ClickHouse's number for the error; zero where it gave none.</param>
/// <param name="Text">What a success returned, or what the error says: bounded, on one line, without secrets.</param>
internal readonly partial record struct ServerAnswer(ServerAnswerKind Kind, ClickHouseHost Host, int Status, int Code, string Text)
{
    public const string CodeHeader = "X-ClickHouse-Exception-Code";

    /// <summary>What the server asked to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the whole request may have been received although nothing says what came of it. Meaningful for what failed.
    /// </summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>
    /// Whether it is a view of the table that failed: the table's own rows are written before its views are
    /// (https://clickhouse.com/docs/sql-reference/statements/create/view#materialized-view).
    /// </summary>
    public bool IsOfView { get; init; }

    public bool IsSuccess => Kind == ServerAnswerKind.Success;

    /// <summary>Whether another host can be asked at once: this one has done nothing.</summary>
    public bool TriesNext => Kind == ServerAnswerKind.Unreachable || (IsUnavailable && !IsBrokenOff);

    /// <summary>
    /// Whether a proxy had handed the request on when its connection broke: Envoy answers 503 then, too, and says the reason
    /// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators, UC and UR).
    /// </summary>
    public bool IsBrokenOff => IsUnavailable
        && Text.Contains("reset before headers", StringComparison.Ordinal)
        && !Text.Contains("connection failure", StringComparison.Ordinal)
        && !Text.Contains("connection timeout", StringComparison.Ordinal)
        && !Text.Contains("overflow", StringComparison.Ordinal);

    private bool IsUnavailable => Status == (int)HttpStatusCode.ServiceUnavailable && Code == 0;

    /// <summary>The error with who said it.</summary>
    public string Message => Kind != ServerAnswerKind.Failure ? Text
        : Code != 0 ? $"{Host}: {Text}"
        : Text.Length > 0 ? $"HTTP {Status} from {Host}: {Text}"
        : $"HTTP {Status} from {Host}";

    /// <summary>
    /// Reads an answer. A server that fails after it began to answer cannot take its 200 back: then the error is in the
    /// body, in the words of
    /// all versions or between marks (https://clickhouse.com/docs/interfaces/http#response-buffering), or its number in a header.
    /// </summary>
    /// <param name="host">Whose it is.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="codeHeader">The value of <see cref="CodeHeader"/>; null without.</param>
    /// <param name="body">The body, or the beginning of a long one.</param>
    /// <param name="isComplete">Whether its end was reached.</param>
    public static ServerAnswer Read(ClickHouseHost host, int status, string? codeHeader, ReadOnlySpan<byte> body, bool isComplete)
    {
        var text = Encoding.UTF8.GetString(body);
        var isSuccess = status is >= 200 and < 300;
        var said = Exception().Match(text);
        var hasMark = text.Contains("__exception__", StringComparison.Ordinal);
        if (isSuccess && (codeHeader is null or "0") && !said.Success && !hasMark && isComplete)
            return new(ServerAnswerKind.Success, host, status, 0, text);

        if ((!int.TryParse(codeHeader, NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code == 0) && said.Success)
            _ = int.TryParse(said.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out code);
        if (said.Success)
            text = text[said.Index..];
        else if (isSuccess && !isComplete)
            text = "the answer has no end";
        var isOfView = text.Contains("while pushing to view", StringComparison.Ordinal);
        return new(ServerAnswerKind.Failure, host, status, code, text) { IsOfView = isOfView };
    }

    [GeneratedRegex(@"Code: (\d+)[.,] (?:DB::|e\.displayText)", RegexOptions.CultureInvariant)]
    private static partial Regex Exception();
}
