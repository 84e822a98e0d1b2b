using Rotel.Pipelines;

namespace Rotel.Batching;

/// <summary>One of the bodies that a batch is made of, or a piece of one, about which somebody wants to know how it ended.</summary>
/// <param name="Start">Where it begins in the merged body.</param>
/// <param name="Length">How long it is.</param>
/// <param name="ItemCount">What is in it.</param>
/// <param name="Completion">Told when the batch ends.</param>
internal readonly record struct TrackedBody(long Start, int Length, int ItemCount, DeliveryCompletion Completion);
