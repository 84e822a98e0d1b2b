namespace Rotel.Guest.Drive;

/// <summary>
/// All values measured, in the order of the runs: the values of two variants at one index were measured one right after the other.
/// </summary>
internal sealed class Figures
{
    private readonly Dictionary<(Figure Figure, string Variant), List<double>> _values = [];
    private readonly Dictionary<(string Thread, string Variant), List<double>> _wakeUps = [];

    public IEnumerable<string> Threads => _wakeUps.Keys.Select(key => key.Thread).Distinct(StringComparer.Ordinal);

    public void Add(Figure figure, string variant, double value) => Add(_values, (figure, variant), value);

    /// <summary>One idle interval's wake-ups per second of all threads of a name.</summary>
    public void AddWakeUps(string thread, string variant, double value) => Add(_wakeUps, (thread, variant), value);

    public IReadOnlyList<double> Of(Figure figure, string variant) => _values.GetValueOrDefault((figure, variant)) ?? [];

    public IReadOnlyList<double> WakeUpsOf(string thread, string variant) => _wakeUps.GetValueOrDefault((thread, variant)) ?? [];

    private static void Add<TKey>(Dictionary<TKey, List<double>> values, TKey key, double value)
        where TKey : notnull
    {
        if (!values.TryGetValue(key, out var list))
            values[key] = list = [];
        list.Add(value);
    }
}
