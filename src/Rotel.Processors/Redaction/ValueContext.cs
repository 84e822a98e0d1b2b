using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>Where a value stands.</summary>
/// <param name="IsBody">In a log body: what matches is masked, keys are deleted, and the summary counts each key.</param>
/// <param name="KeyStart">Where the key next to it begins in the telemetry.</param>
/// <param name="KeyEnd">Where that ends; 0 when there is none, as for a body that is a text.</param>
internal readonly record struct ValueContext(bool IsBody, int KeyStart, int KeyEnd)
{
    /// <summary>Counts the key for the summary of a body.</summary>
    public void Add(ref BodyWalk walk, RedactionState state, RedactionCategory category)
    {
        if (IsBody)
            state.BodyTally?.Add(category, KeyEnd == 0 ? "body"u8 : walk.Body[KeyStart..KeyEnd]);
    }
}
