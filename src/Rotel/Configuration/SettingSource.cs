namespace Rotel.Configuration;

/// <summary>A place where settings are found by name; it remembers which of its names somebody asked for.</summary>
internal abstract class SettingSource
{
    /// <summary>Finds a setting; what is empty counts as not set, except on the command line.</summary>
    public abstract SourceValue? Find(SettingNames names);

    /// <summary>The names in this source that nobody asked for, as the source writes them.</summary>
    public abstract IEnumerable<UnreadName> Unread { get; }

    /// <summary>How a message names a setting that was found here.</summary>
    public virtual string Describe(SettingNames names) => names.ToString();
}
