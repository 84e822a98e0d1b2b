namespace CustomProcessor;

/// <summary>A service of the application, as it would ask a database.</summary>
internal sealed class PlanDirectory
{
    private readonly Dictionary<string, string> _plans = new() { ["c-1"] = "gold", ["c-2"] = "free" };

    public ValueTask<string> FindAsync(string customer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_plans.GetValueOrDefault(customer, "none"));
    }
}
