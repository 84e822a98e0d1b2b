namespace Rotel.Settings;

/// <summary>
/// One row of the table of settings: a name from which the configuration key, the environment variable and the flag are derived, how its
/// text is read into options, and what the documentation says of it.
/// </summary>
internal abstract class Setting
{
    private protected Setting(string name, string summary)
    {
        Name = name;
        Summary = summary;
    }

    /// <summary>
    /// In snake case without prefix: <c>request_timeout</c> is <c>…REQUEST_TIMEOUT</c> in the environment, <c>RequestTimeout</c> in the
    /// configuration and <c>--…request-timeout</c> as a flag.
    /// </summary>
    public string Name { get; }

    /// <summary>What a value looks like, completing "expected …": <c>a duration such as 5s</c>.</summary>
    public abstract string Form { get; }

    /// <summary>One sentence for the documentation.</summary>
    public string Summary { get; }

    /// <summary>Other names under which the setting is accepted.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What applies while the setting has no value, for the documentation; null when that needs no words.</summary>
    public string? WhenUnset { get; init; }

    /// <summary>True for lists and key=value pairs, which a configuration section may spell out as children.</summary>
    public virtual bool IsCollection => false;

    /// <summary>The value may also be given as the path of a file that holds it, under the setting's name and <c>_file</c>.</summary>
    public bool HasFileName => IsSecret && CanStandInFile;

    /// <summary>A flag of this setting may stand alone, meaning true.</summary>
    public abstract bool IsBoolean { get; }

    private protected abstract bool CanStandInFile { get; }

    /// <summary>Reads <paramref name="text"/> into <paramref name="options"/>; returns what is wrong with it, or null.</summary>
    public abstract string? Apply(object options, string text);

    /// <summary>Reads the children of a configuration section, for collections; returns what is wrong with them, or null.</summary>
    public abstract string? ApplyItems(object options, IReadOnlyList<KeyValuePair<string, string>> items);

    /// <summary>The value in <paramref name="options"/> as text that <see cref="Apply"/> would read; null when unset.</summary>
    public abstract string? Show(object options);

    /// <summary>The value in <paramref name="options"/> for people to read, without secrets; null when unset.</summary>
    public abstract string? Display(object options);
}
