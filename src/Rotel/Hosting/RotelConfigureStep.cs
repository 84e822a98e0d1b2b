namespace Rotel.Hosting;

/// <summary>What one call of <c>AddRotel</c> does to the options; calls add up in their order.</summary>
internal sealed record RotelConfigureStep(Action<RotelOptions> Configure);
