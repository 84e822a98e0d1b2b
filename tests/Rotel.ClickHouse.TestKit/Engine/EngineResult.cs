using System.Text;

namespace Rotel.ClickHouse.TestKit.Engine;

/// <summary>What the engine answers to one statement.</summary>
/// <param name="Data">The rows in the format asked for; empty for statements without rows.</param>
/// <param name="Rows">How many rows that is.</param>
/// <param name="RowsRead">Rows read from storage.</param>
/// <param name="BytesRead">Bytes read from storage.</param>
/// <param name="RowsWritten">Rows an insert wrote, those of materialized views included.</param>
/// <param name="BytesWritten">Bytes an insert wrote, before compression.</param>
public sealed record EngineResult(byte[] Data, ulong Rows, ulong RowsRead, ulong BytesRead, ulong RowsWritten, ulong BytesWritten)
{
    /// <summary>The data as text, without the line's end.</summary>
    public string Text => Encoding.UTF8.GetString(Data).TrimEnd('\n');
}
