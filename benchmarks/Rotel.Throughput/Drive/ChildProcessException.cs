namespace Rotel.Throughput.Drive;

/// <summary>A child process ended or fell silent; the message carries the last lines it wrote.</summary>
internal sealed class ChildProcessException(string message) : Exception(message);
