using System.Diagnostics;
using Rotel.Throughput.Children;

namespace Rotel.Guest.Hosts;

/// <summary>When a host passed the stages of its start, in timestamps of <see cref="Stopwatch"/>: the driver's clock is the same.</summary>
/// <param name="Entered">The runtime is up and calls <c>Main</c>.</param>
/// <param name="Built">The application is built.</param>
/// <param name="Started">The host says <c>ApplicationStarted</c>: every service runs and the server listens.</param>
/// <param name="CpuMicroseconds">Processor time of all threads until then.</param>
/// <param name="CompiledMethods">What the just-in-time compiler had to compile until then, the framework being compiled already.</param>
/// <param name="Port">Of the application's own endpoint.</param>
internal readonly record struct StartTimes(long Entered, long Built, long Started, long CpuMicroseconds, long CompiledMethods, int Port)
{
    public const string Word = "started";

    public void Write() => ReadingLine.Write(
        Word,
        ("entered", Entered),
        ("built", Built),
        ("started", Started),
        ("cpu_us", CpuMicroseconds),
        ("compiled", CompiledMethods),
        ("port", Port));

    public static StartTimes Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new StartTimes(
            readings["entered"],
            readings["built"],
            readings["started"],
            readings["cpu_us"],
            readings["compiled"],
            (int)readings["port"]);
    }
}
