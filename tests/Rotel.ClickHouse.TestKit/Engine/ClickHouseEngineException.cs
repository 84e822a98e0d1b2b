using System.Text.RegularExpressions;

namespace Rotel.ClickHouse.TestKit.Engine;

/// <summary>What ClickHouse says when it refuses: <c>Code: 60. DB::Exception: ... (UNKNOWN_TABLE)</c>.</summary>
public sealed partial class ClickHouseEngineException : Exception
{
    /// <param name="text">The engine's words, with or without its version at the end.</param>
    public ClickHouseEngineException(string text)
        : this(CodeOf(text), NameOf(text), VersionAtEnd().Replace(text, string.Empty).Trim())
    {
    }

    /// <param name="code">The number of the error.</param>
    /// <param name="name">Its name, such as <c>TOO_MANY_PARTS</c>.</param>
    /// <param name="detail">What stands between number and name.</param>
    public ClickHouseEngineException(int code, string name, string detail)
        : base(detail.StartsWith("Code: ", StringComparison.Ordinal) ? detail : $"Code: {code}. DB::Exception: {detail} ({name})") =>
        (Code, Name) = (code, name);

    /// <summary>The number of the error; 1001 (STD_EXCEPTION) where the engine gave none.</summary>
    public int Code { get; }

    /// <summary>The name of the error, such as <c>UNKNOWN_TABLE</c>; empty where the engine gave none.</summary>
    public string Name { get; }

    private static int CodeOf(string text) =>
        CodeAtStart().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, provider: null) : 1001;

    private static string NameOf(string text) =>
        NameNearEnd().Match(text) is { Success: true } match ? match.Groups[1].Value : string.Empty;

    [GeneratedRegex(@"Code: (\d+)\.")]
    private static partial Regex CodeAtStart();

    [GeneratedRegex(@"\(([A-Z][A-Z0-9_]+)\)(?: \(version [^\n]*\))?\s*$")]
    private static partial Regex NameNearEnd();

    [GeneratedRegex(@" \(version [^\n]*\)\s*$")]
    private static partial Regex VersionAtEnd();
}
