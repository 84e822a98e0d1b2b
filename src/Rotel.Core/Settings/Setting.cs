namespace Rotel.Settings;

/// <summary>
/// One row of the table of settings: a name from which the configuration key, the environment variable and the flag are derived, how its
/// text is read into options, and what the documentation says of it.
/// </summary>
internal abstract class Setting
{
    private protected Setting(string name, string form, string summary)
    {
        Name = name;
        Form = form;
        Summary = summary;
    }

    /// <summary>
    /// In snake case without prefix: <c>request_timeout</c> is <c>…REQUEST_TIMEOUT</c> in the environment, <c>RequestTimeout</c> in the
    /// configuration and <c>--…request-timeout</c> as a flag.
    /// </summary>
    public string Name { get; }

    /// <summary>What a value looks like, completing "expected …": <c>a duration such as 5s</c>.</summary>
    public string Form { get; }

    /// <summary>One sentence for the documentation.</summary>
    public string Summary { get; }

    /// <summary>Other names under which the setting is accepted.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True for lists and key=value pairs, which a configuration section may spell out as children.</summary>
    public virtual bool IsCollection => false;

    /// <summary>Reads <paramref name="text"/> into <paramref name="options"/>; returns what is wrong with it, or null.</summary>
    public abstract string? Apply(object options, string text);

    /// <summary>The value in <paramref name="options"/> as text that <see cref="Apply"/> would read; null when unset.</summary>
    public abstract string? Show(object options);
}
