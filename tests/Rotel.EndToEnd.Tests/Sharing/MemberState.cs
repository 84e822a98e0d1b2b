namespace Rotel.EndToEnd;

/// <summary>What a <see cref="Member"/> said of itself.</summary>
/// <param name="State">As in its status.</param>
/// <param name="Waiting">Items to be handed over.</param>
/// <param name="ReservedBytes">Of its memory budget.</param>
/// <param name="LimitBytes">That budget.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record MemberState(string State, long Waiting, long ReservedBytes, long LimitBytes, string Problems);
