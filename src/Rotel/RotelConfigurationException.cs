namespace Rotel;

/// <summary>Rotel's configuration is wrong; nothing was started. It lists every error, not only the first.</summary>
public sealed class RotelConfigurationException : Exception
{
    /// <summary>Initializes a new instance without errors.</summary>
    public RotelConfigurationException()
        : this([])
    {
    }

    /// <summary>Initializes a new instance with one error.</summary>
    /// <param name="message">The error.</param>
    public RotelConfigurationException(string message)
        : this([message])
    {
    }

    /// <summary>Initializes a new instance with one error and its cause.</summary>
    /// <param name="message">The error.</param>
    /// <param name="innerException">What caused it.</param>
    public RotelConfigurationException(string message, Exception innerException)
        : base(Describe([message]), innerException) => Errors = [message];

    /// <summary>Initializes a new instance.</summary>
    /// <param name="errors">Every error.</param>
    public RotelConfigurationException(IReadOnlyList<string> errors)
        : base(Describe(errors)) => Errors = errors;

    /// <summary>Gets the errors, one line each: the setting, its environment variable, what is wrong and what would be right.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string Describe(IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var count = errors.Count == 1 ? "an error" : $"{errors.Count} errors";
        return $"The configuration of Rotel has {count}:{string.Concat(errors.Select(error => $"{Environment.NewLine}- {error}"))}";
    }
}
