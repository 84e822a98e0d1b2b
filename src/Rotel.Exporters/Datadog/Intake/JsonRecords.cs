using System.Text.Json;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>Cuts an array in JSON between its elements.</summary>
internal static class JsonRecords
{
    /// <summary>Writes both halves of an array; null when it has only one element.</summary>
    public static RecordCut? Cut(ReadOnlySpan<byte> array, PooledBytes first, PooledBytes second)
    {
        var count = 0;
        for (var reader = Elements(array); Next(ref reader);)
            count++;
        if (count < 2)
            return null;

        var inFirst = count / 2;
        var index = 0;
        for (var reader = Elements(array); Next(ref reader, out var start); index++)
        {
            var half = index < inFirst ? first : second;
            half.WriteByte(half.IsEmpty ? (byte)'[' : (byte)',');
            half.Write(array[start..(int)reader.BytesConsumed]);
        }

        first.WriteByte((byte)']');
        second.WriteByte((byte)']');
        return new RecordCut(inFirst, count - inFirst);
    }

    private static Utf8JsonReader Elements(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        return reader;
    }

    private static bool Next(ref Utf8JsonReader reader) => Next(ref reader, out _);

    private static bool Next(ref Utf8JsonReader reader, out int start)
    {
        start = 0;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
            return false;
        start = (int)reader.TokenStartIndex;
        reader.Skip();
        return true;
    }
}
