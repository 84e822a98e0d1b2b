namespace Rotel.Kafka.Receiver;

/// <summary>What the consumer's thread is to do; later ones follow from earlier ones.</summary>
internal enum ReceiverPhase
{
    /// <summary>Take records.</summary>
    Receiving,

    /// <summary>Take nothing more, stay a member of the group, and commit what gets done.</summary>
    Draining,

    /// <summary>Commit what is done, and leave.</summary>
    Leaving,
}
