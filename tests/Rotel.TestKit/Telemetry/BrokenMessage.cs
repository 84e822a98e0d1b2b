namespace Rotel.TestKit.Telemetry;

/// <summary>A message with one fault.</summary>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Where">The message that holds the fault, by type.</param>
/// <param name="Bytes">The encoding.</param>
public sealed record BrokenMessage(WireFault Fault, string Where, byte[] Bytes);
