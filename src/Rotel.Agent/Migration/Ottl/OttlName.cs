namespace Rotel.Agent.Migration.Ottl;

/// <summary>A word that stands for a number: <c>SEVERITY_NUMBER_WARN</c>.</summary>
internal sealed record OttlName(string Word);
