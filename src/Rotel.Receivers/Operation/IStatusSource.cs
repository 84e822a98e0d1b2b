namespace Rotel.Receivers.Operation;

/// <summary>What a <see cref="StatusServer"/> tells, as JSON of the moment.</summary>
internal interface IStatusSource
{
    ReadOnlyMemory<byte> DescribeStatus();

    /// <param name="isUp">Whether telemetry is received and delivered, well or not.</param>
    ReadOnlyMemory<byte> DescribeHealth(out bool isUp);
}
