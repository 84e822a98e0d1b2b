namespace Rotel.Diagnostics;

/// <summary>
/// The ids of Rotel's log events, a range per project; an id never changes its meaning. Receivers from 2000, processors from 3000,
/// exporters from 4000, hosting and configuration from 5000.
/// </summary>
internal static class EventIds
{
    public const int ItemsDropped = 1001;
    public const int Retrying = 1002;
    public const int DestinationWarned = 1003;
    public const int ExporterFailed = 1004;
    public const int PoolStarved = 1005;
    public const int PoolStillStarved = 1006;
    public const int PoolRelieved = 1007;
    public const int CertificateReloaded = 1010;
    public const int CertificateNotReloaded = 1011;
    public const int DiskQueueOpened = 1020;
    public const int DiskQueueNotOpened = 1021;
    public const int DiskQueueDamaged = 1022;
    public const int DiskQueueNotWritten = 1023;
    public const int DiskQueueWritten = 1024;
    public const int DiskQueueLostForNobody = 1025;
    public const int DiskQueueReplayFailed = 1026;
    public const int DeadLettersKept = 1040;
    public const int DeadLettersLost = 1041;
    public const int DeadLettersUnwritable = 1042;
    public const int MemoryShort = 1050;
    public const int MemoryEnough = 1051;
    public const int BodyRefusedEarly = 1052;
}
