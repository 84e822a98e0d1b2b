namespace Rotel.Pipelines;

internal static class RefusalReasons
{
    public const int Count = (int)RefusalReason.SenderGone + 1;

    /// <summary>The reason as metrics and logs write it.</summary>
    public static string Name(this RefusalReason reason) => reason switch
    {
        RefusalReason.Malformed => "malformed",
        RefusalReason.TooLarge => "too_large",
        RefusalReason.Unsupported => "unsupported",
        RefusalReason.Busy => "busy",
        RefusalReason.Stopping => "stopping",
        RefusalReason.NotDelivered => "not_delivered",
        RefusalReason.DestinationRejected => "destination_rejected",
        RefusalReason.Unauthenticated => "unauthenticated",
        _ => "sender_gone",
    };

    /// <summary>Whether the sender should send the same request again.</summary>
    public static bool IsRetryable(this RefusalReason reason) =>
        reason is RefusalReason.Busy or RefusalReason.Stopping or RefusalReason.NotDelivered;
}
