namespace Rotel.TestKit.Fuzzing;

/// <summary>A <see cref="FuzzTarget"/> did what it never may.</summary>
public sealed class BrokenLawException(string law) : Exception(law);
