using System.Reflection;
using System.Runtime.InteropServices;

namespace Rotel.ClickHouse.TestKit.Engine;

/// <summary>
/// The C interface of ClickHouse as a library (chDB). Handles are opaque pointers; text and bytes are read before a call returns, so the
/// caller keeps what it passed.
/// </summary>
internal static unsafe partial class ClickHouseLibrary
{
    private const string Name = "chdb";

    static ClickHouseLibrary() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    /// <summary>Where npm puts the library.</summary>
    public static string Path { get; } = Rotel.TestKit.Checkout.PathOf(
        "tests", "Rotel.ClickHouse.Engine", "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so");

    /// <summary>With 0 the engine leaves signals alone; they belong to the .NET runtime. Only before the first connection.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_set_signal_handlers_enabled")]
    public static partial void SetSignalHandlersEnabled(int enabled);

    /// <summary>The first connection starts the engine with the folder of <c>--path=</c>; later ones must name the same.</summary>
    /// <returns>A pointer to a connection, or null.</returns>
    [LibraryImport(Name, EntryPoint = "chdb_connect")]
    public static partial nint* Connect(int argumentCount, byte** arguments);

    [LibraryImport(Name, EntryPoint = "chdb_close_conn")]
    public static partial void CloseConnection(nint* connection);

    /// <summary>Ends the engine and its threads; 0 is success. Does nothing while a connection is open.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_shutdown")]
    public static partial int Shutdown();

    [LibraryImport(Name, EntryPoint = "chdb_query_with_params_n")]
    public static partial nint Query(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    /// <summary>Begins an insert; the statement is without FORMAT. Never null: <see cref="InsertError"/> says what went wrong.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_stream_insert_with_params_n")]
    public static partial nint BeginInsert(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    /// <summary>Copies bytes of the insert's format in; 0 is success. Waits while the engine is behind.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_stream_append")]
    public static partial int AppendInsert(nint insert, byte* data, nuint length);

    /// <summary>Ends the data, waits for the insert and answers with its result.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_stream_done")]
    public static partial nint EndInsert(nint insert);

    [LibraryImport(Name, EntryPoint = "chdb_stream_insert_error")]
    public static partial byte* InsertError(nint insert);

    /// <summary>For every insert, whatever became of it; one that was not ended is cancelled.</summary>
    [LibraryImport(Name, EntryPoint = "chdb_destroy_insert_stream")]
    public static partial void DestroyInsert(nint insert);

    [LibraryImport(Name, EntryPoint = "chdb_result_buffer")]
    public static partial byte* ResultBuffer(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_length")]
    public static partial nuint ResultLength(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_error")]
    public static partial byte* ResultError(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_rows_read")]
    public static partial ulong ResultRows(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_storage_rows_read")]
    public static partial ulong StorageRowsRead(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_storage_bytes_read")]
    public static partial ulong StorageBytesRead(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_rows_written")]
    public static partial ulong RowsWritten(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_result_bytes_written")]
    public static partial ulong BytesWritten(nint result);

    [LibraryImport(Name, EntryPoint = "chdb_destroy_query_result")]
    public static partial void DestroyResult(nint result);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Name ? NativeLibrary.Load(Path) : 0;
}
