namespace Rotel.Operation;

/// <summary>What a process does in a collector that several share.</summary>
public enum SharedAgentRole
{
    /// <summary>It knows of no process that holds the shared agent, and looks for one; what it takes in waits.</summary>
    Unlinked,

    /// <summary>It hands over to the process that holds the shared agent, and does not listen.</summary>
    Follower,

    /// <summary>It holds the shared agent: it listens, and delivers what it and the others take in.</summary>
    Holder,
}
