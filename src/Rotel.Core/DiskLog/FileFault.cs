namespace Rotel.DiskLog;

/// <summary>What the errors of files mean here.</summary>
internal static class FileFault
{
    private const int NoSpace = 28;

    /// <summary><c>ERROR_DISK_FULL</c>, <c>ERROR_HANDLE_DISK_FULL</c>.</summary>
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    private static int QuotaExceeded => OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? 122 : 69;

    /// <summary>What a file may answer; .NET says "argument" of a file that grows past the system's limit.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or NotSupportedException;

    public static AppendOutcome OutcomeOf(Exception exception) =>
        exception is IOException
        && (exception.HResult == NoSpace || exception.HResult == QuotaExceeded
            || exception.HResult is WindowsDiskFull or WindowsHandleDiskFull)
            ? AppendOutcome.NoSpace
            : AppendOutcome.Unwritable;
}
