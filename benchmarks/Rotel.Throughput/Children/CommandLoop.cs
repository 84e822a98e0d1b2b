namespace Rotel.Throughput.Children;

/// <summary>
/// The child's end of the side channel: one command a line on standard input. When standard input ends, the driver is gone, however it ended, and the
/// loop returns, so that no child outlives its driver.
/// </summary>
internal static class CommandLoop
{
    public static async Task RunAsync(string command, Func<string, Task> answer)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            if (line == command || line.StartsWith(command + " ", StringComparison.Ordinal))
                await answer(line);
        }
    }
}
