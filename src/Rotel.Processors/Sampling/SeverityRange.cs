namespace Rotel.Processors.Sampling;

/// <summary>
/// Four severity numbers under one name: <c>INFO</c> to <c>INFO4</c>.
/// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
/// </summary>
public enum SeverityRange
{
    /// <summary>Severity numbers 1 to 4.</summary>
    Trace,

    /// <summary>Severity numbers 5 to 8.</summary>
    Debug,

    /// <summary>Severity numbers 9 to 12.</summary>
    Info,

    /// <summary>Severity numbers 13 to 16.</summary>
    Warn,

    /// <summary>Severity numbers 17 to 20.</summary>
    Error,

    /// <summary>Severity numbers 21 to 24.</summary>
    Fatal,
}
