namespace Rotel.DeadLetters;

internal static class DeadLetterLosses
{
    public const int Count = (int)DeadLetterLoss.Stopped + 1;

    /// <summary>The reason as metrics and logs write it.</summary>
    public static string Name(this DeadLetterLoss loss) => loss switch
    {
        DeadLetterLoss.NoRoom => "no_room",
        DeadLetterLoss.Unwritable => "unwritable",
        DeadLetterLoss.Overload => "overload",
        DeadLetterLoss.TooLarge => "too_large",
        DeadLetterLoss.Unreadable => "unreadable",
        _ => "stopped",
    };
}
