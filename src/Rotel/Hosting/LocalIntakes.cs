using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Hosting;

/// <summary>
/// The ways in for what is this process's own: its SDK's hand-off, its own server. They work whatever the process's part in sharing is, and
/// go where that part sends them; listeners of Rotel's own are not among them. Thread-safe.
/// </summary>
internal sealed class LocalIntakes(IntakeFactory factory, Pipeline?[] pipelines)
{
    private readonly Lock _lock = new();
    private readonly List<(Intake Intake, bool[] Takes)> _intakes = [];
    private Pipeline?[] _pipelines = pipelines;

    /// <param name="receiver">The name in metrics and logs.</param>
    /// <param name="settings">Limits and modes.</param>
    /// <param name="takes">Which signals it takes; null for all that have an exporter.</param>
    public Intake Add(string receiver, IntakeSettings settings, Func<OtlpSignal, bool>? takes = null)
    {
        var taken = new bool[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.All)
            taken[(int)signal] = takes?.Invoke(signal) ?? true;
        lock (_lock)
        {
            var intake = factory.Create(receiver, Only(_pipelines, taken), settings);
            _intakes.Add((intake, taken));
            return intake;
        }
    }

    /// <inheritdoc cref="Intake.Redirect"/>
    public void Redirect(Pipeline?[] pipelines)
    {
        lock (_lock)
        {
            _pipelines = pipelines;
            foreach (var (intake, takes) in _intakes)
                intake.Redirect(Only(pipelines, takes));
        }
    }

    private static Pipeline?[] Only(Pipeline?[] pipelines, bool[] takes) =>
        [.. pipelines.Select((pipeline, signal) => takes[signal] ? pipeline : null)];
}
