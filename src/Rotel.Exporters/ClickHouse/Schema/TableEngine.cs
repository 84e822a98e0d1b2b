namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The engine of tables that are created: one of the MergeTree family with or without parameters, or <c>Null</c>.</summary>
internal sealed class TableEngine
{
    private const string NullName = "Null";

    private TableEngine(string text, string name)
    {
        Text = text;
        IsNull = name == NullName;
        var isReplicated = name.StartsWith("Replicated", StringComparison.Ordinal) || name.StartsWith("Shared", StringComparison.Ordinal);
        DeduplicationSetting = isReplicated
            ? "replicated_deduplication_window"
            : "non_replicated_deduplication_window";
    }

    /// <summary>As it follows <c>ENGINE =</c>.</summary>
    public string Text { get; }

    /// <summary>Whether rows go nowhere but to views; such a table has neither keys nor settings.</summary>
    public bool IsNull { get; }

    /// <summary>The setting that makes a repeated insert write nothing.</summary>
    public string DeduplicationSetting { get; }

    /// <summary>Reads a setting; null with what is wrong with it.</summary>
    public static TableEngine? Parse(string text, out string? problem)
    {
        var trimmed = text.Trim();
        var open = trimmed.IndexOf('(', StringComparison.Ordinal);
        var name = (open < 0 ? trimmed : trimmed[..open]).TrimEnd();
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || (open >= 0 && !IsOneList(trimmed.AsSpan(open))))
            problem = "expected the name of an engine, with its parameters in parentheses if it takes any, such as ReplicatedMergeTree";
        else if (!name.EndsWith("MergeTree", StringComparison.Ordinal) && name != NullName)
            problem = "expected an engine of the MergeTree family, such as MergeTree or ReplicatedMergeTree, or Null";
        else if (name == NullName && open >= 0)
            problem = "the engine Null takes no parameters";
        else
            problem = null;
        return problem is null ? new TableEngine(trimmed, name) : null;
    }

    /// <summary>Whether a text is one parenthesised list with nothing behind it, so that no other statement can hide there.</summary>
    private static bool IsOneList(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'':
                    while (++i < text.Length && text[i] != '\'')
                        i += text[i] == '\\' ? 1 : 0;
                    if (i >= text.Length)
                        return false;
                    break;
                case '(':
                    depth++;
                    break;
                case ')' when --depth == 0:
                    return i == text.Length - 1;
            }
        }

        return false;
    }
}
