using Rotel.Memory;

namespace Rotel.Processors.Sampling;

/// <summary>
/// A trace state as a sampler sees it: the values <c>th</c> and <c>rv</c> of the member <c>ot</c>, and everything else, which stays as it
/// is and in its order. Of several members <c>ot</c>, which must not be, the first counts.
/// https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/
/// </summary>
internal ref struct OtelTraceState
{
    /// <summary>Of the value of a member, and so of all that OpenTelemetry keeps in it.</summary>
    public const int MaxMemberValue = 256;

    /// <summary>Members that a state is cut back to when it grows here; a longer one that came does not grow, but loses none.</summary>
    public const int MaxMembers = 32;

    /// <summary>As <see cref="MaxMembers"/>, in characters, commas included: what everybody should propagate.</summary>
    public const int MaxLength = 512;

    /// <summary>Longer members are the first to go.</summary>
    public const int MaxModestMember = 128;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<byte> _values;
    private readonly int _members;
    private IncomingThreshold _threshold;
    private IncomingRandomness _randomness;

    public OtelTraceState(ReadOnlySpan<byte> text)
    {
        _text = text;
        var hasOtel = false;
        var members = Members(text);
        while (members.TryReadFirst(out var member))
        {
            _members++;
            if (hasOtel || !IsOtel(member))
                continue;
            hasOtel = true;
            _values = member[OtelKey.Length..];
        }

        var values = Values(_values);
        while (values.TryReadFirst(out var value))
        {
            if (value.StartsWith(ThresholdKey))
                _threshold.Add(value[ThresholdKey.Length..]);
            else if (value.StartsWith(RandomnessKey))
                _randomness.Add(value[RandomnessKey.Length..]);
        }
    }

    private static ReadOnlySpan<byte> OtelKey => "ot="u8;

    private static ReadOnlySpan<byte> ThresholdKey => "th:"u8;

    private static ReadOnlySpan<byte> RandomnessKey => "rv:"u8;

    public readonly IncomingThreshold Threshold => _threshold;

    public readonly IncomingRandomness Randomness => _randomness;

    /// <summary>
    /// Writes the state with another threshold, or without: its member first, then the others. Nothing is written when none is left.
    /// </summary>
    public readonly void Write(SamplingThreshold? threshold, PooledBytes output)
    {
        var start = output.Length;
        output.Write(OtelKey);
        WriteValues(threshold, output);

        // Without room for the threshold there must be none, for the one that came is no longer true.
        if (output.Length - start - OtelKey.Length > MaxMemberValue)
        {
            output.Length = start + OtelKey.Length;
            WriteValues(threshold: null, output);
        }

        if (output.Length == start + OtelKey.Length)
            output.Length = start;
        WriteOthers(start, output);
    }

    private readonly void WriteValues(SamplingThreshold? threshold, PooledBytes output)
    {
        var start = output.Length;
        if (threshold is { } value)
        {
            output.Write(ThresholdKey);
            var room = output.Append(SamplingThreshold.MaxDigits);
            output.Length -= room.Length - value.Write(room);
        }

        var values = Values(_values);
        while (values.TryReadFirst(out var other))
        {
            if (other.StartsWith(ThresholdKey) || (_randomness.IsInvalid && other.StartsWith(RandomnessKey)))
                continue;
            if (output.Length > start)
                output.WriteByte((byte)';');
            output.Write(other);
        }
    }

    private readonly void WriteOthers(int start, PooledBytes output)
    {
        var own = output.Length - start;
        var kept = Limit(own);
        var members = Members(_text);
        var position = 0;
        while (members.TryReadFirst(out var member))
        {
            if (IsOtel(member))
                continue;
            if (position < (member.Length > MaxModestMember ? kept.Long : kept.Modest))
            {
                if (output.Length > start)
                    output.WriteByte((byte)',');
                output.Write(member);
            }

            position++;
        }
    }

    /// <summary>Up to which position the others are kept: the long ones and those of modest length.</summary>
    private readonly (int Long, int Modest) Limit(int own)
    {
        var (count, length) = (0, own);
        var members = Members(_text);
        while (members.TryReadFirst(out var member))
        {
            if (IsOtel(member))
                continue;
            count++;
            length += member.Length + (length > 0 ? 1 : 0);
        }

        // A state that came longer than it should be may stay so: only what grows here is cut back.
        var maxCount = Math.Max(MaxMembers, _members) - (own > 0 ? 1 : 0);
        var maxLength = Math.Max(MaxLength, _text.Length);
        var longEnd = count;
        var modestEnd = count;
        if (count > maxCount)
        {
            members = Members(_text);
            members.TryReadLast(out var last);
            longEnd = modestEnd = count - 1;
            length -= last.Length + 1;
        }

        for (var isLong = true; ; isLong = false)
        {
            var position = count;
            members = Members(_text);
            while (length > maxLength && members.TryReadLast(out var member))
            {
                if (IsOtel(member))
                    continue;
                position--;
                if (member.Length > MaxModestMember != isLong || position >= modestEnd)
                    continue;
                length -= member.Length + 1;
                if (isLong)
                    longEnd = position;
                else
                    modestEnd = position;
            }

            if (!isLong)
                return (longEnd, modestEnd);
        }
    }

    private static TraceStateList Members(ReadOnlySpan<byte> text) => new(text, (byte)',');

    private static TraceStateList Values(ReadOnlySpan<byte> text) => new(text, (byte)';');

    private static bool IsOtel(ReadOnlySpan<byte> member) => member.StartsWith(OtelKey);
}
