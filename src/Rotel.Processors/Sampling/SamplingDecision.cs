using System.Runtime.InteropServices;

namespace Rotel.Processors.Sampling;

/// <summary>What becomes of an item.</summary>
/// <param name="Outcome">Kept how, or not.</param>
/// <param name="Threshold">What a kept item is to carry, where <see cref="SamplingOutcome.KeepAt"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SamplingDecision(SamplingOutcome Outcome, SamplingThreshold Threshold = default);
