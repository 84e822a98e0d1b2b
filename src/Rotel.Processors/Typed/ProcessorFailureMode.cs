namespace Rotel.Processors.Typed;

/// <summary>What becomes of data on which your own code fails.</summary>
public enum ProcessorFailureMode
{
    /// <summary>It goes on as if the failing step were not there; what other steps do to it is done.</summary>
    Pass = 0,

    /// <summary>It is dropped and counted: for steps without which nothing may leave, such as one that masks personal data.</summary>
    Drop = 1,
}
