using Rotel.Throughput.Broker;
using Rotel.Throughput.Drive;
using Rotel.Throughput.Load;
using Rotel.Throughput.Naive;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput;

/// <summary>
/// Measures what collecting costs: a load generator, a collector and a counting backend, each a process of its own, started and read by the
/// driver. The driver is the default role, backlog a second one; the others are what it starts, and can be run by hand with a terminal as the driver.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var role = args is [var first, ..] && !first.StartsWith('-') ? first : "drive";
        var flagArguments = args.AsSpan(role == "drive" && args is not ["drive", ..] ? 0 : 1).ToArray();
        try
        {
            switch (role)
            {
                case "drive":
                    return await DriveRole.RunAsync(new Flags(flagArguments));
                case "backlog":
                    return await BacklogRole.RunAsync(new Flags(flagArguments));
                case "load":
                    await LoadRole.RunAsync(new Flags(flagArguments));
                    return 0;
                case "sink":
                    await SinkRole.RunAsync(new Flags(flagArguments));
                    return 0;
                case "broker":
                    await BrokerRole.RunAsync(new Flags(flagArguments));
                    return 0;
                case "naive":
                    await NaiveRole.RunAsync(new Flags(flagArguments));
                    return 0;
                default:
                    throw new FlagException($"There is no role '{role}'. Roles: drive (default), backlog, load, sink, broker, naive.");
            }
        }
        catch (FlagException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            await Console.Error.WriteLineAsync(DriveRole.Usage);
            return 2;
        }
    }
}
