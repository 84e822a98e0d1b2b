namespace Rotel.Agent.Migration;

/// <summary>What became of everything that was read. Nothing in it holds a secret.</summary>
internal sealed class MigrationReport
{
    private readonly List<(Place Place, string Text)> _carried = [];
    private readonly List<(Place Place, string Text)> _different = [];
    private readonly List<(Place Place, string Text)> _leftovers = [];

    /// <summary>What has a setting in Rotel.</summary>
    public IReadOnlyList<(Place Place, string Text)> Carried => _carried;

    /// <summary>What was carried over, or needs no setting, and behaves differently.</summary>
    public IReadOnlyList<(Place Place, string Text)> Different => _different;

    /// <summary>What could not be carried over.</summary>
    public IReadOnlyList<(Place Place, string Text)> Leftovers => _leftovers;

    public void Carry(Place place, string key) => _carried.Add((place, key));

    public void Differ(Place place, string how) => AddOnce(_different, (place, how));

    /// <param name="place">Where it stands.</param>
    /// <param name="why">Why it cannot be.</param>
    /// <param name="instead">What to do.</param>
    public void Leave(Place place, string why, string instead) => AddOnce(_leftovers, (place, $"{why}. {instead}."));

    private static void AddOnce(List<(Place Place, string Text)> list, (Place Place, string Text) entry)
    {
        if (!list.Contains(entry))
            list.Add(entry);
    }
}
