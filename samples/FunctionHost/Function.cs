namespace FunctionHost;

/// <summary>What the user of a function runtime writes.</summary>
internal static class Function
{
    public static async Task<string> PriceAsync(string order)
    {
        using (FunctionRuntime.Source.StartActivity("look up"))
            await Task.Yield();
        using (FunctionRuntime.Source.StartActivity("calculate"))
            return $"{order} costs {order.Length} euros";
    }
}
