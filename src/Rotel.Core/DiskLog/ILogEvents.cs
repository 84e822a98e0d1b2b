namespace Rotel.DiskLog;

/// <summary>What a log tells its owner: on any thread, never under a lock of the log. Implementations do not throw.</summary>
internal interface ILogEvents
{
    /// <summary>A reader has lost records that it was never handed in this run.</summary>
    /// <param name="reader">One of the log's, or one that nobody asked for.</param>
    /// <param name="why">The reason.</param>
    /// <param name="items">In those records whose header could be read.</param>
    /// <param name="records">Their number; an upper bound where headers could not be read.</param>
    /// <param name="ofThisRun">Whether they were written in this run.</param>
    void Lost(LogReader reader, LogLoss why, long items, long records, bool ofThisRun);

    /// <summary>Bytes that are no use were met and skipped; once for each place.</summary>
    void Damaged(string file, long bytes, string what);

    /// <summary>The first append that failed after good ones.</summary>
    void Failing(AppendOutcome outcome, string message);

    /// <summary>The first good append after failed ones.</summary>
    void Recovered();
}
