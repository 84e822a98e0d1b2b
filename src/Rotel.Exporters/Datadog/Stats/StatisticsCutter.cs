using Rotel.Exporters.Datadog.Intake;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// Makes two payloads of one that the intake finds too large. Origins, buckets and groups each lie in an array <c>Stats</c> of what is
/// around them; the outermost of which there are several are divided, and what is beside the array is repeated.
/// </summary>
/// <param name="client">Whose compressor made the bodies.</param>
/// <param name="pool">For bodies; charged as overdraft, for sending them is what makes room.</param>
internal sealed class StatisticsCutter(DatadogClient client, BufferPool pool)
{
    /// <summary>Payload, origin, bucket.</summary>
    private const int Levels = 3;

    /// <summary>The halves, which are the caller's; null when there is one group only. The payload stays the caller's.</summary>
    public (StatisticsPayload First, StatisticsPayload Second)? Cut(StatisticsPayload payload)
    {
        using var whole = pool.RentOverdraft(payload.UncompressedLength);
        var body = whole.Span[..payload.UncompressedLength];
        if (client.CompressorFor(DatadogIntake.Stats) is { } compressor)
            compressor.Restore(payload.Body, body);
        else
            payload.Body.CopyTo(body);

        using var first = new PooledBytes(pool);
        using var second = new PooledBytes(pool);
        if (!TryCut(body, Levels, first, second))
            return null;

        var spans = (long)HitsOf(first.Span, Levels);
        var firstHalf = Close(first, spans);
        try
        {
            return (firstHalf, Close(second, payload.Spans - spans));
        }
        catch
        {
            firstHalf.Dispose();
            throw;
        }
    }

    private static bool TryCut(ReadOnlySpan<byte> message, int levels, PooledBytes first, PooledBytes second)
    {
        var input = new MessagePackInput(message);
        var fields = input.ReadMapHeader();
        first.WriteMapHeader(fields);
        second.WriteMapHeader(fields);
        for (; fields > 0; fields--)
        {
            var name = input.ReadText();
            first.WriteText(name);
            second.WriteText(name);
            var start = input.Position;
            if (name.SequenceEqual("Stats"u8))
            {
                if (!TryCutArray(ref input, message, levels, first, second))
                    return false;
                continue;
            }

            input.Skip();
            var value = name.SequenceEqual("SplitPayload"u8) ? [0xC3] : message[start..input.Position];
            first.Write(value);
            second.Write(value);
        }

        return true;
    }

    private static bool TryCutArray(
        ref MessagePackInput input, ReadOnlySpan<byte> message, int levels, PooledBytes first, PooledBytes second)
    {
        var count = input.ReadArrayHeader();
        var inFirst = count / 2;
        if (count > 1)
        {
            first.WriteArrayHeader(inFirst);
            second.WriteArrayHeader(count - inFirst);
        }
        else if (count == 0 || levels == 1)
        {
            return false;
        }
        else
        {
            first.WriteArrayHeader(1);
            second.WriteArrayHeader(1);
        }

        for (var i = 0; i < count; i++)
        {
            var start = input.Position;
            input.Skip();
            var element = message[start..input.Position];
            if (count == 1)
                return TryCut(element, levels - 1, first, second);
            (i < inFirst ? first : second).Write(element);
        }

        return true;
    }

    /// <summary>How many spans a payload, or what is in it, counts.</summary>
    private static ulong HitsOf(ReadOnlySpan<byte> message, int levels)
    {
        ulong hits = 0;
        var input = new MessagePackInput(message);
        for (var fields = input.ReadMapHeader(); fields > 0; fields--)
        {
            var name = input.ReadText();
            if (levels == 0 && name.SequenceEqual("Hits"u8))
                return input.ReadNumber();
            if (levels == 0 || !name.SequenceEqual("Stats"u8))
            {
                input.Skip();
                continue;
            }

            for (var count = input.ReadArrayHeader(); count > 0; count--)
            {
                var start = input.Position;
                input.Skip();
                hits += HitsOf(message[start..input.Position], levels - 1);
            }
        }

        return hits;
    }

    private StatisticsPayload Close(PooledBytes body, long spans) =>
        new(client.Compress(DatadogIntake.Stats, body.Memory), body.Length, spans);
}
