namespace Rotel.Agent.Doctor;

/// <summary>What was found, told step by step.</summary>
internal abstract class DoctorReport
{
    private readonly int[] _counts = new int[Enum.GetValues<StepStatus>().Length];

    /// <summary>Whether nothing failed so far.</summary>
    public bool IsGood => CountOf(StepStatus.Failed) == 0;

    /// <summary>Takes a step as it ends.</summary>
    public async Task AddAsync(DoctorStep step)
    {
        _counts[(int)step.Status]++;
        await WriteAsync(step).ConfigureAwait(false);
    }

    /// <summary>Ends the report.</summary>
    /// <param name="wasInterrupted">Whether somebody lost patience before the last step.</param>
    public abstract Task EndAsync(bool wasInterrupted);

    protected int CountOf(StepStatus status) => _counts[(int)status];

    protected abstract Task WriteAsync(DoctorStep step);
}
