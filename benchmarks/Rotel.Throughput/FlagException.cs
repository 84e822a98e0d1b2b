namespace Rotel.Throughput;

/// <summary>The command line asks for something that cannot be done; the message says what.</summary>
internal sealed class FlagException(string message) : Exception(message);
