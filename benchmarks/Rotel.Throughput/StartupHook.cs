using Rotel.Throughput.Children;

#pragma warning disable CA1050 // the runtime looks for a type of exactly this name outside every namespace

/// <summary>
/// Runs before <c>Main</c> of a collector that the driver starts, because <c>DOTNET_STARTUP_HOOKS</c> names this assembly there. The
/// collector under
/// measurement is therefore the shipped program with its own runtime settings, and knows nothing of being measured; one thread waits for
/// the driver's
/// question and costs nothing until it comes. Uses nothing outside the base class library: the collector's own dependencies are not ours.
/// </summary>
/// <remarks>https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md</remarks>
internal static class StartupHook
{
    public static void Initialize()
    {
        var thread = new Thread(AnswerDriver) { IsBackground = true, Name = "throughput counters" };
        thread.Start();
    }

    private static void AnswerDriver()
    {
        using (var input = new StreamReader(Console.OpenStandardInput()))
        {
            while (input.ReadLine() is { } line)
            {
                if (line == ProcessCounters.Command)
                    ProcessCounters.Write();
                else if (line == HeapReading.Command)
                    HeapReading.Write();
            }
        }

        // The driver is gone; nothing may be left running on the machine.
        Environment.Exit(3);
    }
}
