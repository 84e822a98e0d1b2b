using System.Buffers;
using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Operation names look as metric names at Datadog: they start with a letter; letters, digits and periods stay, and what lies between
/// becomes one underscore, but none beside a period or at the end; at most 100 bytes
/// (https://github.com/DataDog/datadog-agent/tree/main/pkg/trace/traceutil/normalize).
/// </summary>
internal static class MetricLikeName
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 100;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>What is written into <paramref name="room"/>; <c>unnamed_operation</c> when nothing can stay.</summary>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> name, TextBuffer room)
    {
        name = DatadogTags.Cut(name, MaxLength);
        var start = name.IndexOfAny(Letters);
        if (start < 0)
            return "unnamed_operation"u8;

        room.Clear();
        var isGap = false;
        foreach (var character in name[start..])
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character != '.')
            {
                isGap = true;
                continue;
            }

            if (isGap && character != '.' && room.Span[^1] != '.')
                room.Append("_"u8);
            isGap = false;
            room.Append(new ReadOnlySpan<byte>(in character));
        }

        return room.Span;
    }
}
