namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>How far a request came.</summary>
internal enum ServerAnswerKind
{
    /// <summary>The server did what was asked.</summary>
    Success,

    /// <summary>It answered with an error.</summary>
    Failure,

    /// <summary>It could not be connected to, so nothing has reached it.</summary>
    Unreachable,

    /// <summary>The connection broke before there was an answer.</summary>
    Unanswered,
}
