namespace Rotel.Agent.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What it belongs to: <c>exporter vendor (otlp)</c>, or <c>this machine</c>.</param>
/// <param name="Name">What it is, in a word: <c>resolve</c>, <c>traces</c>.</param>
/// <param name="Status">What it came to.</param>
/// <param name="Found">What was found, without secrets and without a full stop.</param>
/// <param name="Advice">What to do about it, in whole sentences; null where there is nothing to do.</param>
/// <param name="Took">How long it took; null where that means nothing.</param>
internal sealed record DoctorStep(
    string Subject, string Name, StepStatus Status, string Found, string? Advice = null, TimeSpan? Took = null);
