using Rotel.Pipelines;

namespace Rotel.Receivers.Sharing;

/// <summary>
/// What followers and the holder of a shared agent say to each other, in HTTP/1.1 after the <see cref="SharedHandshake"/>. A request posts one
/// body of OTLP in binary protobuf, not compressed, to the signal's default path.
/// <list type="table">
/// <item><term>200</term><description>accepted, or delivered where that was asked for</description></item>
/// <item><term>400</term><description>refused for good; the words say why, <see cref="Reason"/> in one word</description></item>
/// <item><term>404</term><description>the holder has no exporter for the signal</description></item>
/// <item><term>413</term><description>too large</description></item>
/// <item><term>503</term><description>no room, or the holder leaves: to be sent again, to it or to the next</description></item>
/// </list>
/// </summary>
internal static class SharedProtocol
{
    /// <summary>
    /// <c>GET</c>: the answer's body stays open, without a byte, for as long as the holder is one. It ends with <see cref="Moved"/> where the
    /// holder leaves, and breaks off where it dies.
    /// </summary>
    public const string LinkPath = "/rotel/link";

    /// <summary><c>POST</c>: 200 when nothing is left of what the holder had accepted, 503 where that cannot be said.</summary>
    public const string FlushPath = "/rotel/flush";

    /// <summary>The request header that asks for an answer when every destination has taken the data, with the value <see cref="Delivered"/>.</summary>
    public const string Acknowledge = "rotel-acknowledge";

    /// <inheritdoc cref="Acknowledge"/>
    public const string Delivered = "delivered";

    /// <summary>The answer's header with the name of the <see cref="RefusalReason"/>.</summary>
    public const string Reason = "rotel-reason";

    /// <summary>The last word of a link.</summary>
    public static ReadOnlySpan<byte> Moved => "moved"u8;
}
