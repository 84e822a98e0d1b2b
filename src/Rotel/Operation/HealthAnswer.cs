namespace Rotel.Operation;

/// <summary>What <c>/rotel/health</c> answers.</summary>
internal sealed record HealthAnswer(RotelState State, IReadOnlyList<string> Problems);
