namespace Rotel.Agent.Migration;

/// <summary>A variable that someone has to set: what it holds is a secret, or comes from the environment itself.</summary>
/// <param name="Variable">Its name.</param>
/// <param name="Value">What a shell puts between double quotes; <c>***</c> in place of secrets.</param>
/// <param name="Place">Where that stands.</param>
/// <param name="Example">A value of that form, for trying out.</param>
internal sealed record EnvironmentLine(string Variable, string Value, Place Place, string Example)
{
    public bool HidesSomething => Value.Contains("***", StringComparison.Ordinal);

    public override string ToString() => $"{Variable}=\"{Value}\"";
}
