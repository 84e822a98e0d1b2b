namespace Rotel.Guest.Drive;

/// <summary>What one thread has used since it started.</summary>
/// <param name="Name">The kernel's, of 15 characters at most.</param>
/// <param name="CpuMilliseconds">Time on a processor.</param>
/// <param name="WakeUps">How often it has waited for something: voluntary context switches.</param>
internal readonly record struct ThreadReading(string Name, double CpuMilliseconds, long WakeUps);
