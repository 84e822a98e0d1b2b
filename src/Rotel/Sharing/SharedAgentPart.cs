using Rotel.Operation;

namespace Rotel.Sharing;

/// <summary>A process's part at one moment.</summary>
/// <param name="Role">What it does.</param>
/// <param name="Holder">Who holds the shared agent; null while nobody is known.</param>
internal sealed record SharedAgentPart(SharedAgentRole Role, AgentRecord? Holder);
