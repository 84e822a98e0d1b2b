namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>The requests of Kafka's protocol that a test counts or makes fail, with their keys.</summary>
/// <seealso href="https://kafka.apache.org/protocol#protocol_api_keys"/>
public enum KafkaApi : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    LeaveGroup = 13,
    SyncGroup = 14,
    ApiVersion = 18,
    InitProducerId = 22,
    OffsetForLeaderEpoch = 23,
}
