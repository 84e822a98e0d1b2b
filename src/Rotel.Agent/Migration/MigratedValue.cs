namespace Rotel.Agent.Migration;

/// <summary>The value of a setting, without references and without secrets.</summary>
internal abstract record MigratedValue
{
    private MigratedValue()
    {
    }

    internal sealed record Text(string Value) : MigratedValue;

    internal sealed record List(IReadOnlyList<string> Items) : MigratedValue;

    internal sealed record Pairs(IReadOnlyList<KeyValuePair<string, string>> Items) : MigratedValue;
}
