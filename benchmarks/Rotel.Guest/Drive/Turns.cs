namespace Rotel.Guest.Drive;

/// <summary>The order in which variants take turns: each time another one begins, so that to come first falls on all alike.</summary>
internal static class Turns
{
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> all, int turn) =>
        Enumerable.Range(0, all.Count).Select(i => all[(i + turn) % all.Count]);
}
