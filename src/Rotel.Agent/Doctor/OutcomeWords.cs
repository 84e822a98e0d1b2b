using System.Text.RegularExpressions;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Agent.Doctor;

/// <summary>
/// What an attempt came to, and what to do about it. What exporters say begins with the code of the answer, by which it is told.
/// </summary>
internal static partial class OutcomeWords
{
    /// <summary>Begins the message of an attempt that was cut off.</summary>
    public const string NoAnswer = "no answer within";

    public const string SlowAdvice =
        "Something on the way swallows what is sent, or the destination is overloaded. Check firewalls and proxies, or give it more "
        + "time with request_timeout.";

    public static (StepStatus Status, string Found, string? Advice) Of(
        in ExportOutcome outcome, ConfiguredExporter exporter, OtlpSignal signal)
    {
        var message = (outcome.Message ?? "").TrimEnd('.');
        return outcome switch
        {
            { Kind: ExportOutcomeKind.Delivered, RejectedItems: > 0 } =>
                (StepStatus.Failed, $"taken, but the item was refused{(message.Length > 0 ? ": " : "")}{message}", null),
            { Kind: ExportOutcomeKind.Delivered } when message.Length > 0 =>
                (StepStatus.Warning, $"delivered, with a warning: {message}", null),
            { Kind: ExportOutcomeKind.Delivered } => (StepStatus.Ok, "test item delivered", null),
            { Kind: ExportOutcomeKind.TooLarge } => (
                StepStatus.Failed, message,
                "Even one item is too large for it, or for a proxy on the way: look for a limit of a few hundred bytes."),
            { Kind: ExportOutcomeKind.Retry } =>
                (StepStatus.Failed, message, AdviceFor(message, exporter, signal) ?? "Rotel would go on trying."),
            _ => (StepStatus.Failed, message, AdviceFor(message, exporter, signal)),
        };
    }

    private static string? AdviceFor(string message, ConfiguredExporter exporter, OtlpSignal signal)
    {
        if (message.StartsWith(NoAnswer, StringComparison.Ordinal))
            return SlowAdvice;
        var code = Code().Match(message);
        switch (code.Groups[1].Value)
        {
            case "401" or "UNAUTHENTICATED":
                return $"It does not know who this is. {Credentials(exporter, signal)}";
            case "403" or "PERMISSION_DENIED":
                return $"It knows who this is, or takes no such key, and does not allow it. {Credentials(exporter, signal)}";
            case "400" or "404" or "405" or "415" or "UNIMPLEMENTED" or "INTERNAL" or "UNKNOWN":
                return WrongDoor(exporter, signal);
            case "408" or "429" or "502" or "503" or "504" or "UNAVAILABLE" or "RESOURCE_EXHAUSTED" or "DEADLINE_EXCEEDED":
                return "It is there, and cannot take anything just now; Rotel would go on trying.";
        }

        return SpeaksOtherwise().IsMatch(message) ? WrongDoor(exporter, signal) : null;
    }

    /// <summary>The settings that hold secrets and are set, or those that could be.</summary>
    private static string Credentials(ConfiguredExporter exporter, OtlpSignal signal)
    {
        var rows = exporter.Rows
            .Where(row => row.IsSecret && !row.Name.Contains("proxy", StringComparison.Ordinal) && IsAbout(row.Name, signal))
            .ToArray();
        var set = rows.Where(row => row.Show(exporter.Options) is not null).ToArray();
        if (set.Length > 0)
            return $"Check what is in {string.Join(", ", set.Select(row => exporter.Scope.For(row.Name).Variable))}.";
        return rows.Length > 0
            ? $"No credentials are set: {exporter.Scope.For(rows[0].Name).Variable} takes them."
            : "No credentials are set.";
    }

    /// <summary>Most of all when the protocol is not the one that is spoken at the port.</summary>
    private static string WrongDoor(ConfiguredExporter exporter, OtlpSignal signal)
    {
        var row = exporter.Rows.FirstOrDefault(row => row.Name == $"{signal.Name()}_protocol" && row.Show(exporter.Options) is not null)
            ?? exporter.Rows.FirstOrDefault(row => row.Name == "protocol");
        var endpoint = exporter.Rows.FirstOrDefault(row => row.Name.EndsWith("endpoint", StringComparison.Ordinal));
        var where = endpoint is null ? "the endpoint" : exporter.Scope.For(endpoint.Name).Variable;
        if (row is null)
            return $"Something else may be listening there: check {where}.";
        var variable = exporter.Scope.For(row.Name).Variable;
        return row.Show(exporter.Options) == "grpc"
            ? $"Perhaps it does not speak gRPC: the endpoint of OTLP over HTTP (mostly port 4318) needs {variable}=http. "
                + $"Otherwise check {where}."
            : $"Perhaps its path is another one, or it speaks gRPC (mostly port 4317), which needs {variable}=grpc. Check {where}.";
    }

    /// <summary>Rows of another signal do not matter.</summary>
    private static bool IsAbout(string row, OtlpSignal signal) => !OtlpSignals.All.ToArray()
        .Any(other => other != signal && row.StartsWith($"{other.Name()}_", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(?:HTTP (?=\d{3}\b)|gRPC (?=[A-Z]))(\d{3}|[A-Z_]+)\b")]
    private static partial Regex Code();

    /// <summary>As the runtime says that what came back is another protocol.</summary>
    [GeneratedRegex(
        "HTTP/2|HTTP/1|PROTOCOL_ERROR|invalid (status line|header|response|or unrecognized)|ended prematurely|frame",
        RegexOptions.IgnoreCase)]
    private static partial Regex SpeaksOtherwise();
}
