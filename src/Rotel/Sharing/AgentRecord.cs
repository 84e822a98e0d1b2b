using System.Globalization;
using System.Text;

namespace Rotel.Sharing;

/// <summary>What the process that holds the shared agent tells the others of this user, in the file it has locked.</summary>
/// <param name="ProcessId">Of the holder.</param>
/// <param name="Port">Of its private endpoint, on 127.0.0.1.</param>
/// <param name="Token">The secret of that endpoint, 32 random bytes; never shown.</param>
/// <param name="Fingerprint">Of the settings it runs with.</param>
/// <param name="GrpcEndpoints">Where it receives OTLP over gRPC; empty where it does not, or not yet.</param>
/// <param name="HttpEndpoints">As <paramref name="GrpcEndpoints"/>, over HTTP.</param>
internal sealed record AgentRecord(
    int ProcessId, int Port, byte[] Token, string Fingerprint, IReadOnlyList<string> GrpcEndpoints, IReadOnlyList<string> HttpEndpoints)
{
    /// <summary>Without the token.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"{nameof(ProcessId)} = {ProcessId}, {nameof(Port)} = {Port}");
        return true;
    }
}
