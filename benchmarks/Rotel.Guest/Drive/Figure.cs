namespace Rotel.Guest.Drive;

/// <summary>One line of the table.</summary>
/// <param name="Title">What is measured, and its unit.</param>
/// <param name="Format">How a value is written.</param>
/// <param name="Target">What a host with Rotel in it may cost more than one without, in words; empty where none is set.</param>
internal sealed record Figure(string Title, string Format, string Target = "")
{
    public static readonly Figure Start = new("start: until the first answer, ms", "0", "+50");
    public static readonly Figure Started = new("of it until the host has started, ms", "0");
    public static readonly Figure StartCpu = new("of it processor time, ms", "0");
    public static readonly Figure Compiled = new("start: methods compiled", "0");
    public static readonly Figure Resident = new("idle: resident, MB", "0.0", "+15");
    public static readonly Figure Anonymous = new("of it anonymous, MB", "0.0");
    public static readonly Figure Heap = new("idle: managed heap, MB", "0.00");
    public static readonly Figure LiveHeap = new("of it in use, MB", "0.00");
    public static readonly Figure IdleCpu = new("idle: processor time, ms/s", "0.00");
    public static readonly Figure IdleWakeUps = new("idle: wake-ups per s", "0.0", "no timers");
    public static readonly Figure P50 = new("under load: p50, ms", "0.000");
    public static readonly Figure P99 = new("under load: p99, ms", "0.000", "within 2 %");
    public static readonly Figure LoadCpu = new("under load: processor time, ms/s", "0");
    public static readonly Figure SpanCpu = new("under load: CPU-s per million spans", "0.0");
    public static readonly Figure Allocated = new("under load: allocated per request, KB", "0.0");
    public static readonly Figure Exported = new("spans and log records exported per request", "0.00");

    public static IReadOnlyList<Figure> All { get; } =
    [
        Start, Started, StartCpu, Compiled, Resident, Anonymous, Heap, LiveHeap, IdleCpu, IdleWakeUps,
        P50, P99, LoadCpu, SpanCpu, Allocated, Exported,
    ];
}
