namespace Rotel.Agent.Migration;

/// <summary>Where something stands in what is migrated.</summary>
/// <param name="Line">From 1; 0 where there are no lines.</param>
/// <param name="Path">The keys that lead there, or the name of a variable: <c>exporters.otlp.endpoint</c>.</param>
internal readonly record struct Place(int Line, string Path)
{
    public override string ToString() => Line > 0 ? $"line {Line}, {Path}" : Path;
}
