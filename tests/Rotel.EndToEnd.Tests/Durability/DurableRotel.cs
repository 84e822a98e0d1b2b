using Rotel.Agent;

namespace Rotel.EndToEnd;

/// <summary>The command <c>rotel start</c> on one directory, over and over.</summary>
internal sealed class DurableRotel : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rotel-durable-");
    private readonly List<ChildProcess> _started = [];

    /// <param name="settings">Variables beside those of the disk queue.</param>
    public DurableRotel(params IEnumerable<(string Name, string Value)> settings)
    {
        Environment["ROTEL_DISK_QUEUE_DIRECTORY"] = Path;
        Environment["ROTEL_OTLP_GRPC_ENDPOINT"] = Environment["ROTEL_OTLP_HTTP_ENDPOINT"] = "127.0.0.1:0";
        foreach (var (name, value) in settings)
            Environment[name] = value;
    }

    /// <summary>Of the next process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Path => _directory.FullName;

    /// <summary>Bytes in it.</summary>
    public long BytesOnDisk
    {
        get
        {
            // Files go while they are looked at.
            var bytes = 0L;
            foreach (var file in _directory.EnumerateFiles("*", SearchOption.AllDirectories))
            {
                try
                {
                    bytes += file.Length;
                }
                catch (FileNotFoundException)
                {
                }
            }

            return bytes;
        }
    }

    public async Task<RotelProcess> StartAsync()
    {
        var rotel = await RotelProcess.StartAsync(Environment);
        _started.Add(rotel.Process);
        return rotel;
    }

    /// <summary>Starts it and does not wait until it works.</summary>
    public ChildProcess Begin()
    {
        var process = new ChildProcess(typeof(RotelCommand).Assembly.Location, Environment, "start");
        _started.Add(process);
        return process;
    }

    /// <summary>Stops one in order.</summary>
    public static async Task StopAsync(RotelProcess rotel)
    {
        rotel.Process.Terminate();
        Assert.True(await rotel.Process.ExitAsync() == 0, string.Join('\n', rotel.Process.Lines));
    }

    /// <summary>What the last of them has said.</summary>
    public string Said() => _started.Count == 0 ? "nothing was started" : string.Join('\n', _started[^1].Lines);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
