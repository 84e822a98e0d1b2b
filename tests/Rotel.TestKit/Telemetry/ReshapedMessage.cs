namespace Rotel.TestKit.Telemetry;

/// <summary>Another legal encoding of a message.</summary>
/// <param name="Bytes">The encoding.</param>
/// <param name="HasUnknownTopLevelField">
/// Whether an unknown field was added at the top level, so that the message must travel alone.
/// </param>
public sealed record ReshapedMessage(byte[] Bytes, bool HasUnknownTopLevelField);
