namespace Rotel.Operation;

/// <summary>Where Rotel is in its life, and whether all is well.</summary>
public enum RotelState
{
    /// <summary>It is off by a setting: nothing was asked of it, and it does nothing.</summary>
    SwitchedOff,

    /// <summary>It does not receive from outside yet; the process's own SDK can hand over already.</summary>
    Starting,

    /// <summary>It receives and delivers.</summary>
    Running,

    /// <summary>It runs, and something is wrong: <see cref="RotelStatus.Problems"/> says what.</summary>
    Degraded,

    /// <summary>It takes less and less, and delivers what it holds.</summary>
    Stopping,

    /// <summary>It takes nothing, and holds nothing but what an exporter did not give back.</summary>
    Stopped,
}
