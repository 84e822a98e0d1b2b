using Confluent.Kafka;

namespace Rotel.Kafka.Exporter;

/// <summary>Reads the errors of delivery reports, when librdkafka has done all it does about them.</summary>
internal static class RecordVerdicts
{
    /// <summary>
    /// What could be mended by somebody (permissions, topics, brokers, replicas) is tried again within the retry limit, also what Kafka
    /// calls not retriable: only what is wrong with the record itself is given up. https://kafka.apache.org/protocol#protocol_error_codes
    /// </summary>
    public static RecordVerdict Of(ErrorCode code) => code switch
    {
        ErrorCode.NoError => RecordVerdict.Delivered,
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize => RecordVerdict.TooLarge,
        ErrorCode.UnknownTopicOrPart or ErrorCode.TopicException or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
            or ErrorCode.TopicAuthorizationFailed => RecordVerdict.NoTopic,
        ErrorCode.InvalidRecord or ErrorCode.PolicyViolation or ErrorCode.InvalidTimestamp or ErrorCode.UnsupportedForMessageFormat
            or ErrorCode.UnsupportedCompressionType or ErrorCode.Local_InvalidArg => RecordVerdict.Rejected,
        _ => RecordVerdict.Retry,
    };
}
