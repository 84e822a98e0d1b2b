using System.Runtime.InteropServices;

namespace Rotel.ClickHouse.TestKit.Engine;

/// <summary>
/// The real ClickHouse in this process: one per process, in a fresh folder for temporary files that is removed when the process exits.
/// Its first use costs about half a second. There is no queue of asynchronous inserts in it: with <c>async_insert=1</c> an insert is
/// carried out at once, as with 0.
/// </summary>
public sealed class ClickHouseEngine
{
    private static readonly Lazy<ClickHouseEngine> Instance = new(() => new ClickHouseEngine());

    private readonly string _folder;

    private unsafe ClickHouseEngine()
    {
        if (!File.Exists(ClickHouseLibrary.Path))
        {
            throw new InvalidOperationException(
                "These tests run ClickHouse itself, as a library that the build installs with npm from tests/Rotel.ClickHouse.Engine, and "
                + "it is not there. Install Node.js with npm (Debian: apt-get install nodejs npm) and build again, on Linux x64 with "
                + "glibc; or name a server in ROTEL_TEST_CLICKHOUSE=http://host:8123, which serves all tests but those that need faults.");
        }

        _folder = Directory.CreateTempSubdirectory("rotel-clickhouse-").FullName;
        ClickHouseLibrary.SetSignalHandlersEnabled(0);

        // Stays open for as long as the process lives: with its last connection the engine ends.
        var keepAlive = Connect();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // Threads of the engine that outlive the runtime crash the process on its way out.
            ClickHouseLibrary.CloseConnection(keepAlive);
            _ = ClickHouseLibrary.Shutdown();
            Remove(_folder);
        };
        using var connection = new EngineConnection(this);
        Version = connection.Query("SELECT version()").Text;
    }

    /// <summary>The engine of this process, started with the first use.</summary>
    /// <exception cref="InvalidOperationException">The library is not installed; the message says how to.</exception>
    public static ClickHouseEngine Shared => Instance.Value;

    /// <summary>The version of ClickHouse, such as <c>26.7.2.1</c>.</summary>
    public string Version { get; }

    /// <summary>The folder with the engine's data: tables lie under <c>store</c>.</summary>
    public string Folder => _folder;

    /// <summary>A statement on a connection of its own.</summary>
    /// <exception cref="ClickHouseEngineException">The engine refuses it.</exception>
    public EngineResult Query(string sql, string format = "TabSeparated")
    {
        using var connection = new EngineConnection(this);
        return connection.Query(sql, format);
    }

    /// <summary>An insert on a connection of its own.</summary>
    /// <param name="sql">The statement, without FORMAT.</param>
    /// <param name="format">The format of the data.</param>
    /// <param name="data">The rows.</param>
    /// <exception cref="ClickHouseEngineException">The engine refuses it.</exception>
    public EngineResult Insert(string sql, string format, ReadOnlySpan<byte> data)
    {
        using var connection = new EngineConnection(this);
        return connection.Insert(sql, format, data);
    }

    internal unsafe nint* Connect()
    {
        var program = Marshal.StringToCoTaskMemUTF8("clickhouse");
        var path = Marshal.StringToCoTaskMemUTF8($"--path={_folder}");
        try
        {
            var arguments = stackalloc byte*[2] { (byte*)program, (byte*)path };
            var connection = ClickHouseLibrary.Connect(2, arguments);
            return connection is not null ? connection : throw new InvalidOperationException("ClickHouse does not start.");
        }
        finally
        {
            Marshal.FreeCoTaskMem(program);
            Marshal.FreeCoTaskMem(path);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // With a connection left open the engine still runs and may add a file; what remains is the system's to clear.
        }
    }
}
