namespace Rotel.Exporters.Datadog.Intake;

/// <summary>How a body was cut: how many records each half has.</summary>
internal readonly record struct RecordCut(int First, int Second)
{
    /// <summary>
    /// How many of a body's items go with the first half: those of its records, or their share where records are not items.
    /// </summary>
    public int ItemsOfFirst(int items) => First + Second is var records && records == items ? First
        : records == 0 ? 0
        : (int)((long)items * First / records);
}
