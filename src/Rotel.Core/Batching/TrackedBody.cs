using Rotel.Pipelines;

namespace Rotel.Batching;

/// <summary>One of the bodies that a batch is made of, or a piece of one, whose sender wants to know how it ended.</summary>
/// <param name="Start">Where it begins in the merged body.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Completion">Told when the batch ends.</param>
internal readonly record struct TrackedBody(long Start, int Length, DeliveryCompletion Completion);
