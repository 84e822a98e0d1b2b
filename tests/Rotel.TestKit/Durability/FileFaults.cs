namespace Rotel.TestKit.Durability;

/// <summary>The errors of a file system, as .NET tells them.</summary>
internal static class FileFaults
{
    public static IOException NoSpace() =>
        new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    public static IOException InputOutput() =>
        new("Input/output error", OperatingSystem.IsWindows() ? unchecked((int)0x8007045D) : 5);

    public static UnauthorizedAccessException ReadOnly() => new("Read-only file system");
}
