using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rotel.Sharing;

/// <summary>
/// What the holder of a shared agent tells the other processes of its user, in <see cref="AgentFile"/>. As text: the process id alone, as
/// in any pid file, then lines of a key and a value, the last of them the SHA-256 of all before it. Keys that are not known are passed over.
/// </summary>
/// <param name="ProcessId">The holder.</param>
/// <param name="Port">Where it takes what others hand over, on 127.0.0.1.</param>
/// <param name="Token"><see cref="TokenBytes"/> random bytes, which both sides have to know. A secret: in no output but the file.</param>
/// <param name="Fingerprint">Of where it sends to: <see cref="AgentFingerprint"/>.</param>
/// <param name="GrpcEndpoints">Where it receives OTLP over gRPC, as far as that is known yet.</param>
/// <param name="HttpEndpoints">Where it receives OTLP over HTTP, as far as that is known yet.</param>
internal sealed record AgentRecord(
    int ProcessId,
    int Port,
    byte[] Token,
    string Fingerprint,
    IReadOnlyList<string> GrpcEndpoints,
    IReadOnlyList<string> HttpEndpoints)
{
    /// <summary>The length of <see cref="Token"/>.</summary>
    public const int TokenBytes = 32;

    private const string PortKey = "port";
    private const string TokenKey = "token";
    private const string FingerprintKey = "fingerprint";
    private const string GrpcKey = "grpc";
    private const string HttpKey = "http";
    private const string SumKey = "sha256";

    /// <summary>Strict: bytes that are no text never have a sum that is right, unless somebody made them so.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The text of a record; null for anything else, be it a part of one or parts of two.</summary>
    public static AgentRecord? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[^1] != (byte)'\n')
            return null;
        var body = bytes[..(bytes[..^1].LastIndexOf((byte)'\n') + 1)];
        if (!bytes[body.Length..].SequenceEqual(SumOf(body)))
            return null;

        var lines = Utf8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || !IsNumber(lines[0], int.MaxValue, out var processId))
            return null;
        var values = lines.Skip(1)
            .Select(line => line.Split(' ', 2))
            .ToLookup(pair => pair[0], pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "", StringComparer.Ordinal);
        var token = new byte[TokenBytes];
        return IsNumber(values[PortKey].FirstOrDefault(), ushort.MaxValue, out var port)
            && Convert.TryFromBase64String(values[TokenKey].FirstOrDefault() ?? "", token, out var length)
            && length == TokenBytes
            && values[FingerprintKey].FirstOrDefault() is { } fingerprint
            ? new(processId, port, token, fingerprint, [.. values[GrpcKey]], [.. values[HttpKey]])
            : null;
    }

    public byte[] ToBytes()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Token.Length, TokenBytes);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{ProcessId}\n");
        Append(PortKey, Port.ToString(CultureInfo.InvariantCulture));
        Append(TokenKey, Convert.ToBase64String(Token));
        Append(FingerprintKey, Fingerprint);
        foreach (var endpoint in GrpcEndpoints)
            Append(GrpcKey, endpoint);
        foreach (var endpoint in HttpEndpoints)
            Append(HttpKey, endpoint);
        var body = Utf8.GetBytes(text.ToString());
        return [.. body, .. SumOf(body)];

        void Append(string key, string value) => text.Append(key).Append(' ').Append(Escape(value)).Append('\n');
    }

    public bool Equals(AgentRecord? other) =>
        other is not null
            && (ProcessId, Port, Fingerprint) == (other.ProcessId, other.Port, other.Fingerprint)
            && CryptographicOperations.FixedTimeEquals(Token, other.Token)
            && GrpcEndpoints.SequenceEqual(other.GrpcEndpoints)
            && HttpEndpoints.SequenceEqual(other.HttpEndpoints);

    public override int GetHashCode() => HashCode.Combine(ProcessId, Port, Fingerprint);

    /// <summary>For logs: without the token.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} at port {Port}");

    /// <summary>The path of a socket may have a line break in it.</summary>
    private static string Escape(string value) => value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static byte[] SumOf(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes($"{SumKey} {Convert.ToHexStringLower(SHA256.HashData(body))}\n");

    private static bool IsNumber(string? text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0 && number <= most;
}
