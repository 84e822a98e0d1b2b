namespace Rotel.Pipelines;

internal static class ProcessorLossReasons
{
    public const int Count = (int)ProcessorLossReason.ProcessorFault + 1;

    /// <summary>The reason as metrics and logs write it.</summary>
    public static string Name(this ProcessorLossReason reason) => reason switch
    {
        ProcessorLossReason.Filtered => "filtered",
        ProcessorLossReason.SampledOut => "sampled_out",
        ProcessorLossReason.Removed => "removed",
        _ => "processor_fault",
    };
}
