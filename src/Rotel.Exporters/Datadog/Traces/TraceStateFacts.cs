using System.Buffers.Text;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// What a W3C trace state says of sampling: Datadog's member <c>dd=s:2;o:rum;t.dm:-4</c>, and OpenTelemetry's
/// <c>ot=th:8</c> (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/) or its forerunner <c>ot=p:1</c>.
/// </summary>
internal readonly ref struct TraceStateFacts
{
    private const int ThresholdDigits = 14;
    private const int NeverSampled = 63;

    public TraceStateFacts(ReadOnlySpan<byte> state)
    {
        foreach (var range in state.Split((byte)','))
        {
            var member = state[range].Trim((byte)' ');
            if (member.StartsWith("dd="u8))
            {
                var value = member["dd="u8.Length..];
                Origin = Field(value, "o"u8);
                DecisionMaker = Field(value, "t.dm"u8);
                var priority = Field(value, "s"u8);
                if (Utf8Parser.TryParse(priority, out int number, out var read) && read == priority.Length && number is >= -1 and <= 2)
                    Priority = number;
            }
            else if (member.StartsWith("ot="u8))
            {
                SampleRate = RateOf(member["ot="u8.Length..]);
            }
        }
    }

    /// <summary>-1 to 2; null when nobody says.</summary>
    public int? Priority { get; }

    public ReadOnlySpan<byte> Origin { get; }

    public ReadOnlySpan<byte> DecisionMaker { get; }

    /// <summary>The probability with which spans like this are kept, over 0 up to 1; null when nobody says.</summary>
    public double? SampleRate { get; }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key)
    {
        foreach (var range in value.Split((byte)';'))
        {
            var field = value[range];
            if (field.Length > key.Length && field[key.Length] == ':' && field.StartsWith(key))
                return field[(key.Length + 1)..];
        }

        return default;
    }

    private static double? RateOf(ReadOnlySpan<byte> value)
    {
        var threshold = Field(value, "th"u8);
        if (!threshold.IsEmpty && threshold.Length <= ThresholdDigits
            && Utf8Parser.TryParse(threshold, out ulong rejected, out var read, 'x') && read == threshold.Length)
        {
            const ulong all = 1UL << (4 * ThresholdDigits);
            return (all - (rejected << (4 * (ThresholdDigits - threshold.Length)))) / (double)all;
        }

        var power = Field(value, "p"u8);
        if (Utf8Parser.TryParse(power, out uint exponent, out read) && read == power.Length && exponent < NeverSampled)
            return Math.ScaleB(1, -(int)exponent);
        return null;
    }
}
