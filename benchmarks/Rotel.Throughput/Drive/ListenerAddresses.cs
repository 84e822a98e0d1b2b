using System.Text.RegularExpressions;

namespace Rotel.Throughput.Drive;

/// <summary>
/// The bound endpoints in a readiness line, such as <c>rotel is ready: otlp grpc http://127.0.0.1:4317, otlp http
/// http://127.0.0.1:4318</c>.
/// </summary>
internal static partial class ListenerAddresses
{
    public static string Find(string readinessLine, Transport transport)
    {
        var word = OtlpRoutes.Name(transport);
        foreach (Match match in Listener().Matches(readinessLine))
        {
            if (match.Groups["transport"].Value == word)
                return match.Groups["url"].Value;
        }

        throw new ChildProcessException($"No 'otlp {word}' with a URL in the readiness line: {readinessLine}");
    }

    [GeneratedRegex(@"otlp (?<transport>grpc|http|kafka) (?<url>(https?|kafka)://[^\s,;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Listener();
}
