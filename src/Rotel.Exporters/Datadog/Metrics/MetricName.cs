using System.Buffers;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Names of metrics as Datadog takes them (https://docs.datadoghq.com/metrics/custom_metrics/#naming-custom-metrics): they start with a
/// letter; other characters than ASCII letters, digits, underscores and dots become underscores; 200 characters at most. Names that are so
/// already, which nearly all are, stay the bytes they are.
/// </summary>
internal static class MetricName
{
    public const int MaxLength = 200;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> Legal =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."u8);

    /// <param name="name">As the sender has it.</param>
    /// <param name="room">Of <see cref="MaxLength"/> bytes.</param>
    /// <returns>The name or the written part of <paramref name="room"/>; empty when it has no letter to start with.</returns>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> name, Span<byte> room)
    {
        var start = name.IndexOfAny(Letters);
        if (start < 0)
            return default;

        name = name[start..];
        if (!name.ContainsAnyExcept(Legal))
            return name.Length <= MaxLength ? name : name[..MaxLength];

        var length = 0;
        for (var i = 0; i < name.Length && length < MaxLength; i++)
        {
            if (Legal.Contains(name[i]))
                room[length++] = name[i];
            else if ((name[i] & 0xC0) != 0x80)
                room[length++] = (byte)'_';
        }

        return room[..length];
    }
}
