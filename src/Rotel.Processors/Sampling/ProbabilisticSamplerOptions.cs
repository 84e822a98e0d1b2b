using Rotel.Pipelines;
using Rotel.Processors.Filtering;

namespace Rotel.Processors.Sampling;

/// <summary>
/// Keeps a share of the traces, and of the log records that belong to them, whole: whether a span is kept follows from its trace id (or
/// from the randomness its trace carries) alone, so that every process decides the same about a trace. What is kept says at which
/// threshold, for backends to count by.
/// </summary>
/// <remarks>
/// Thresholds and randomness are those of the OpenTelemetry specification: <c>ot=th:…;rv:…</c> in the trace state of spans, the
/// attributes <c>sampling.threshold</c> and <c>sampling.randomness</c> of log records.
/// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/ Metrics are not sampled.
/// </remarks>
public sealed class ProbabilisticSamplerOptions : ProcessorOptions
{
    /// <summary>Gets or sets the percentage of items that are kept.</summary>
    /// <value>From 0, nothing, to 100, the default: everything, and it stays as it came.</value>
    public double Percentage { get; set; } = 100;

    /// <summary>
    /// Gets the percentages of log records of some severities, in place of <see cref="Percentage"/>. <see cref="LogSeverity.Info"/> stands
    /// for its four numbers, <see cref="LogSeverity.Info2"/> for its own; <see cref="LogSeverity.Unspecified"/> also for numbers that do
    /// not exist.
    /// </summary>
    /// <value>Empty by default.</value>
    public IDictionary<LogSeverity, double> SeverityPercentages { get; } = new SortedList<LogSeverity, double>();

    /// <summary>Gets or sets what a percentage means for items that were sampled before.</summary>
    /// <value>The default is <see cref="SamplingMode.Proportional"/>.</value>
    public SamplingMode Mode { get; set; }

    /// <summary>
    /// Gets or sets how many hexadecimal digits of a threshold count, after leading ones that are all <c>f</c> or all <c>0</c>. Fewer make
    /// shorter trace states, and percentages less exact: with 4, 10 % is 10.0006 %.
    /// </summary>
    /// <value>From 1 to 14; the default is 4.</value>
    public int Precision { get; set; } = 4;

    /// <summary>
    /// Gets or sets whether log records without a trace id are sampled each by itself, by a hash of its bytes, which is then written to
    /// <c>sampling.randomness</c>. The same record sent again is decided the same.
    /// </summary>
    /// <value>The default is true. If false, <see cref="FailClosed"/> decides.</value>
    public bool HashRecords { get; set; } = true;

    /// <summary>Gets or sets whether items are dropped that have nothing to sample them by; they pass otherwise.</summary>
    /// <value>The default is true.</value>
    public bool FailClosed { get; set; } = true;
}
