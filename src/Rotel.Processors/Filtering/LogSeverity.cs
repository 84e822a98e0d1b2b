namespace Rotel.Processors.Filtering;

/// <summary>The severity numbers of log records, four to each of the six names.</summary>
/// <seealso href="https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber"/>
public enum LogSeverity
{
    /// <summary>The record states none.</summary>
    Unspecified = 0,

    /// <summary>The finest detail.</summary>
    Trace = 1,

    /// <summary>One of the four numbers of <see cref="Trace"/>, more severe with the digit.</summary>
    Trace2 = 2,

    /// <summary>One of the four numbers of <see cref="Trace"/>, more severe with the digit.</summary>
    Trace3 = 3,

    /// <summary>One of the four numbers of <see cref="Trace"/>, more severe with the digit.</summary>
    Trace4 = 4,

    /// <summary>For who debugs.</summary>
    Debug = 5,

    /// <summary>One of the four numbers of <see cref="Debug"/>, more severe with the digit.</summary>
    Debug2 = 6,

    /// <summary>One of the four numbers of <see cref="Debug"/>, more severe with the digit.</summary>
    Debug3 = 7,

    /// <summary>One of the four numbers of <see cref="Debug"/>, more severe with the digit.</summary>
    Debug4 = 8,

    /// <summary>Something happened.</summary>
    Info = 9,

    /// <summary>One of the four numbers of <see cref="Info"/>, more severe with the digit.</summary>
    Info2 = 10,

    /// <summary>One of the four numbers of <see cref="Info"/>, more severe with the digit.</summary>
    Info3 = 11,

    /// <summary>One of the four numbers of <see cref="Info"/>, more severe with the digit.</summary>
    Info4 = 12,

    /// <summary>Not an error, but more than an event.</summary>
    Warn = 13,

    /// <summary>One of the four numbers of <see cref="Warn"/>, more severe with the digit.</summary>
    Warn2 = 14,

    /// <summary>One of the four numbers of <see cref="Warn"/>, more severe with the digit.</summary>
    Warn3 = 15,

    /// <summary>One of the four numbers of <see cref="Warn"/>, more severe with the digit.</summary>
    Warn4 = 16,

    /// <summary>Something went wrong.</summary>
    Error = 17,

    /// <summary>One of the four numbers of <see cref="Error"/>, more severe with the digit.</summary>
    Error2 = 18,

    /// <summary>One of the four numbers of <see cref="Error"/>, more severe with the digit.</summary>
    Error3 = 19,

    /// <summary>One of the four numbers of <see cref="Error"/>, more severe with the digit.</summary>
    Error4 = 20,

    /// <summary>The program cannot go on.</summary>
    Fatal = 21,

    /// <summary>One of the four numbers of <see cref="Fatal"/>, more severe with the digit.</summary>
    Fatal2 = 22,

    /// <summary>One of the four numbers of <see cref="Fatal"/>, more severe with the digit.</summary>
    Fatal3 = 23,

    /// <summary>One of the four numbers of <see cref="Fatal"/>, more severe with the digit.</summary>
    Fatal4 = 24,
}
