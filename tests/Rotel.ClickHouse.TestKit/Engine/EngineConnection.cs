using System.Runtime.InteropServices;
using System.Text;

namespace Rotel.ClickHouse.TestKit.Engine;

/// <summary>
/// A session of the engine: settings and the current database are its own. One statement at a time; connections are cheap (0.2 ms) and
/// work side by side.
/// </summary>
public sealed unsafe class EngineConnection : IDisposable
{
    private const int MaxAppend = 1 << 20;
    private static readonly Dictionary<string, string> NoParameters = [];

    private nint* _connection;

    /// <param name="engine">The engine of this process.</param>
    public EngineConnection(ClickHouseEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _connection = engine.Connect();
    }

    /// <summary>Any statement but an insert with data.</summary>
    /// <param name="sql">The statement. A FORMAT in it wins over <paramref name="format"/>.</param>
    /// <param name="format">The format of the rows.</param>
    /// <param name="parameters">Values of <c>{name:Type}</c>, as the HTTP interface takes them: escaped like TabSeparated.</param>
    /// <exception cref="ClickHouseEngineException">The engine refuses it.</exception>
    public EngineResult Query(string sql, string format = "TabSeparated", IReadOnlyDictionary<string, string>? parameters = null) =>
        Query(Encoding.UTF8.GetBytes(sql), format, parameters);

    /// <inheritdoc cref="Query(string, string, IReadOnlyDictionary{string, string}?)"/>
    public EngineResult Query(ReadOnlySpan<byte> sql, string format, IReadOnlyDictionary<string, string>? parameters)
    {
        ObjectDisposedException.ThrowIf(_connection is null, this);
        using var bound = new BoundParameters(parameters ?? NoParameters);
        ReadOnlySpan<byte> formatBytes = Encoding.UTF8.GetBytes(format);
        fixed (byte* query = sql, name = formatBytes)
        {
            return Take(ClickHouseLibrary.Query(
                *_connection, query, (nuint)sql.Length, name, (nuint)formatBytes.Length,
                bound.Names, bound.NameLengths, bound.Values, bound.ValueLengths, bound.Count));
        }
    }

    /// <summary>An insert with data.</summary>
    /// <param name="sql">The statement up to its FORMAT, which is left out.</param>
    /// <param name="format">The format of the data.</param>
    /// <param name="data">The rows.</param>
    /// <param name="parameters">Values of <c>{name:Type}</c>.</param>
    /// <exception cref="ClickHouseEngineException">The engine refuses it.</exception>
    public EngineResult Insert(
        string sql, string format, ReadOnlySpan<byte> data, IReadOnlyDictionary<string, string>? parameters = null)
    {
        ObjectDisposedException.ThrowIf(_connection is null, this);
        using var bound = new BoundParameters(parameters ?? NoParameters);
        ReadOnlySpan<byte> statement = Encoding.UTF8.GetBytes(sql);
        ReadOnlySpan<byte> formatBytes = Encoding.UTF8.GetBytes(format);
        fixed (byte* query = statement, name = formatBytes, rows = data)
        {
            var insert = ClickHouseLibrary.BeginInsert(
                *_connection, query, (nuint)statement.Length, name, (nuint)formatBytes.Length,
                bound.Names, bound.NameLengths, bound.Values, bound.ValueLengths, bound.Count);
            try
            {
                Check(insert);
                for (var sent = 0; sent < data.Length; sent += MaxAppend)
                {
                    // The insert has failed already; its end tells why.
                    if (ClickHouseLibrary.AppendInsert(insert, rows + sent, (nuint)Math.Min(MaxAppend, data.Length - sent)) != 0)
                        break;
                }

                return Take(ClickHouseLibrary.EndInsert(insert));
            }
            finally
            {
                ClickHouseLibrary.DestroyInsert(insert);
            }
        }
    }

    public void Dispose()
    {
        if (_connection is null)
            return;
        ClickHouseLibrary.CloseConnection(_connection);
        _connection = null;
    }

    private static void Check(nint insert)
    {
        var error = ClickHouseLibrary.InsertError(insert);
        if (error is not null)
            throw new ClickHouseEngineException(Marshal.PtrToStringUTF8((nint)error)!);
    }

    private static EngineResult Take(nint result)
    {
        try
        {
            var error = ClickHouseLibrary.ResultError(result);
            if (error is not null)
                throw new ClickHouseEngineException(Marshal.PtrToStringUTF8((nint)error)!);

            var length = (int)ClickHouseLibrary.ResultLength(result);
            return new EngineResult(
                length == 0 ? [] : new ReadOnlySpan<byte>(ClickHouseLibrary.ResultBuffer(result), length).ToArray(),
                ClickHouseLibrary.ResultRows(result), ClickHouseLibrary.StorageRowsRead(result), ClickHouseLibrary.StorageBytesRead(result),
                ClickHouseLibrary.RowsWritten(result), ClickHouseLibrary.BytesWritten(result));
        }
        finally
        {
            ClickHouseLibrary.DestroyResult(result);
        }
    }

    /// <summary>Names and values in memory that does not move.</summary>
    private readonly ref struct BoundParameters
    {
        private readonly byte* _text;

        public BoundParameters(IReadOnlyDictionary<string, string> parameters)
        {
            Count = (nuint)parameters.Count;
            if (Count == 0)
                return;

            var bytes = parameters.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
            _text = (byte*)NativeMemory.Alloc((nuint)bytes + 1);
            Names = (byte**)NativeMemory.Alloc(Count, (nuint)sizeof(nint));
            Values = (byte**)NativeMemory.Alloc(Count, (nuint)sizeof(nint));
            NameLengths = (nuint*)NativeMemory.Alloc(Count, (nuint)sizeof(nuint));
            ValueLengths = (nuint*)NativeMemory.Alloc(Count, (nuint)sizeof(nuint));
            var next = _text;
            var end = _text + bytes;
            var index = 0;
            foreach (var (name, value) in parameters)
            {
                Names[index] = next;
                next += NameLengths[index] = (nuint)Encoding.UTF8.GetBytes(name, new Span<byte>(next, (int)(end - next)));
                Values[index] = next;
                next += ValueLengths[index++] = (nuint)Encoding.UTF8.GetBytes(value, new Span<byte>(next, (int)(end - next)));
            }
        }

        public nuint Count { get; }

        public byte** Names { get; }

        public nuint* NameLengths { get; }

        public byte** Values { get; }

        public nuint* ValueLengths { get; }

        public void Dispose()
        {
            NativeMemory.Free(_text);
            NativeMemory.Free(Names);
            NativeMemory.Free(Values);
            NativeMemory.Free(NameLengths);
            NativeMemory.Free(ValueLengths);
        }
    }
}
