namespace Rotel.Throughput.Children;

/// <summary>
/// The child's end of the side channel: one command a line on standard input. When standard input ends, the driver is gone, however it
/// ended; the loop then
/// returns, even with an answer still under way, so that no child outlives its driver.
/// </summary>
internal static class CommandLoop
{
    public static async Task RunAsync(string command, Func<string, Task> answer)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            if (line == command || line.StartsWith(command + " ", StringComparison.Ordinal))
                _ = AnswerAsync(answer, line);
        }
    }

    // The driver asks one question at a time, so answers never overlap.
    private static async Task AnswerAsync(Func<string, Task> answer, string line)
    {
        try
        {
            await answer(line);
        }
        catch (Exception exception)
        {
            // Nobody awaits this: without an end of the process the driver would wait for the answer in vain.
            await Console.Error.WriteLineAsync(exception.ToString());
            Environment.Exit(1);
        }
    }
}
