using System.Diagnostics;
using Rotel.Guest.Drive;
using Rotel.Guest.Hosts;
using Rotel.Guest.Load;
using Rotel.Throughput;

namespace Rotel.Guest;

/// <summary>
/// Measures what Rotel costs the application that embeds it: the same ASP.NET Core application with and without it, each a process of its
/// own. The driver is the default role; the others are what it starts.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var entered = Stopwatch.GetTimestamp();
        var role = args is [var first, ..] && !first.StartsWith('-') ? first : "drive";
        var flagArguments = args.AsSpan(role == "drive" && args is not ["drive", ..] ? 0 : 1).ToArray();
        try
        {
            switch (role)
            {
                case "drive":
                    return await DriveRole.RunAsync(new Flags(flagArguments));
                case HostRole.Name:
                    await HostRole.RunAsync(new Flags(flagArguments), entered);
                    return 0;
                case RequestRole.Name:
                    await RequestRole.RunAsync(new Flags(flagArguments));
                    return 0;
                default:
                    throw new FlagException($"There is no role '{role}'. Roles: drive (default), {HostRole.Name}, {RequestRole.Name}.");
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
