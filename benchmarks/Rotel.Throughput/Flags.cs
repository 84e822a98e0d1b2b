using System.Globalization;

namespace Rotel.Throughput;

/// <summary>
/// Command-line flags, <c>--name value</c>, or <c>--name</c> alone for a switch. Each role asks for the ones it knows, then calls
/// <see cref="RefuseUnknown"/>, so that a misspelt flag is an error instead of a run of something else.
/// </summary>
internal sealed class Flags
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public Flags(ReadOnlySpan<string> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
                throw new FlagException($"'{arguments[i]}' is not a flag; flags start with --.");

            var name = arguments[i][2..];
            var hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[name] = hasValue ? arguments[++i] : null;
        }
    }

    public string Text(string name, string fallback) =>
        Find(name, out var value) ? value ?? throw new FlagException($"--{name} needs a value.") : fallback;

    public bool Has(string name) => Find(name, out _);

    public string? OptionalText(string name) => Find(name, out _) ? Text(name, "") : null;

    public string OneOf(string name, string fallback, params ReadOnlySpan<string> allowed)
    {
        var value = Text(name, fallback);
        return allowed.Contains(value)
            ? value
            : throw new FlagException($"--{name} is '{value}', and must be one of: {string.Join(", ", allowed)}.");
    }

    public bool Switch(string name)
    {
        if (!Find(name, out var value))
            return false;
        return value is null ? true : throw new FlagException($"--{name} is a switch and takes no value, not '{value}'.");
    }

    public double Number(string name, double fallback, double minimum)
    {
        if (!Find(name, out var text))
            return fallback;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= minimum
            ? value
            : throw new FlagException($"--{name} is '{text}', and must be a number of at least {minimum}.");
    }

    public int Count(string name, int fallback) => checked((int)Number(name, fallback, minimum: 1));

    public void RefuseUnknown()
    {
        var unknown = _values.Keys.Where(name => !_asked.Contains(name)).Select(name => "--" + name).ToArray();
        if (unknown.Length > 0)
            throw new FlagException($"Not known here: {string.Join(", ", unknown)}.");
    }

    private bool Find(string name, out string? value)
    {
        _asked.Add(name);
        return _values.TryGetValue(name, out value);
    }
}
