namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>A host that telemetry came of, and when it is described next. Used under <see cref="HostReporter"/>'s lock.</summary>
internal sealed class SeenHost(string name)
{
    public HostFacts Facts { get; } = new(name);

    /// <summary>When it was last seen, on the clock's own scale.</summary>
    public long LastSeen { get; set; }

    /// <summary>When it is to be described again, on the clock's own scale.</summary>
    public long Due { get; set; }

    /// <summary>When tags were last aged.</summary>
    public long Aged { get; set; }

    /// <summary>Whether something is known that was not sent.</summary>
    public bool HasNews { get; set; }

    /// <summary>Whether it waits in the queue, or is being sent.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether a resource of it may be used to describe it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>What the budget is charged.</summary>
    public long Charge { get; set; }

    /// <summary>Stands for what was learned since tags were last aged: another object each time.</summary>
    public object Lesson { get; private set; } = new();

    /// <summary>Tags and aliases that are not seen again by the next time are forgotten.</summary>
    public void Age()
    {
        Facts.Age();
        Lesson = new object();
    }
}
