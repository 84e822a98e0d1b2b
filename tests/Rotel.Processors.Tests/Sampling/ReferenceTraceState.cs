namespace Rotel.Processors.Sampling;

/// <summary>Trace states by splitting and joining strings.</summary>
internal sealed class ReferenceTraceState
{
    private readonly string _text;
    private readonly List<string> _members;
    private readonly List<string> _values;

    public ReferenceTraceState(string text)
    {
        _text = text;
        _members = Split(text, ',');
        _values = Split(_members.Find(member => member.StartsWith("ot=", StringComparison.Ordinal))?[3..] ?? "", ';');
    }

    public IReadOnlyList<string> Thresholds => Of("th:");

    public IReadOnlyList<string> Randomness => Of("rv:");

    public string With(string? threshold, bool keepRandomness)
    {
        var values = _values.FindAll(value => !value.StartsWith("th:", StringComparison.Ordinal)
            && (keepRandomness || !value.StartsWith("rv:", StringComparison.Ordinal)));
        var own = string.Join(';', threshold is null ? values : [$"th:{threshold}", .. values]);
        if (Length(own) > 256)
            own = string.Join(';', values);

        var others = _members.FindAll(member => !member.StartsWith("ot=", StringComparison.Ordinal));
        List<string> all = own.Length > 0 ? [$"ot={own}", .. others] : others;
        if (all.Count > Math.Max(32, _members.Count))
            all.RemoveAt(all.Count - 1);
        for (var i = all.Count - 1; i > 0; i--)
        {
            if (IsTooLong(all) && Length(all[i]) > 128)
                all.RemoveAt(i);
        }

        while (all.Count > 1 && IsTooLong(all))
            all.RemoveAt(all.Count - 1);
        return string.Join(',', all);
    }

    private bool IsTooLong(List<string> members) => Length(string.Join(',', members)) > Math.Max(512, Length(_text));

    private static int Length(string text) => System.Text.Encoding.UTF8.GetByteCount(text);

    private List<string> Of(string key) =>
        [.. _values.Where(value => value.StartsWith(key, StringComparison.Ordinal)).Select(value => value[key.Length..])];

    private static List<string> Split(string text, char separator) =>
        [.. text.Split(separator).Select(part => part.Trim(' ', '\t')).Where(part => part.Length > 0)];
}
