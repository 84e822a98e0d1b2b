namespace Rotel.Throughput.Load;

/// <summary>The collector's answer to one request.</summary>
internal enum SendOutcome
{
    /// <summary>Success: every item is the collector's responsibility from here.</summary>
    Accepted,

    /// <summary>An answer that is not success, or a success that rejects some of the items.</summary>
    Refused,

    /// <summary>No answer: the connection broke or the request timed out. The collector may or may not have the items.</summary>
    Unanswered,
}
