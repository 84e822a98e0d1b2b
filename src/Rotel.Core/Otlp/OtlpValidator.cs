using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// The one pass every body goes through at the door, so that a bad client cannot poison a merged batch and later steps can trust what they
/// walk. It refuses what Google.Protobuf refuses to parse, and beyond that only tags over 32 bits, lengths over 31 bits (which C# would
/// truncate and other parsers refuse) and, where asked to, invalid UTF-8. It allocates nothing.
/// </summary>
internal static class OtlpValidator
{
    private const uint FirstField = ((uint)1 << 3) | (uint)WireType.LengthDelimited;
    private const uint SecondField = ((uint)2 << 3) | (uint)WireType.LengthDelimited;
    private const uint ThirdField = ((uint)3 << 3) | (uint)WireType.LengthDelimited;

    /// <summary>Checks an Export…ServiceRequest of a signal.</summary>
    public static OtlpValidation Validate(OtlpSignal signal, ReadOnlySpan<byte> body, OtlpLimits limits)
    {
        var envelopes = new Envelopes(signal, body, limits);
        var isValid = envelopes.Request();
        var check = envelopes.Check;
        return new OtlpValidation
        {
            Fault = isValid ? OtlpFault.None : check.Fault,
            Offset = check.FaultOffset,
            ItemCount = envelopes.ItemCount,
            InvalidUtf8Count = check.InvalidUtf8Count,
            OversizedItemCount = envelopes.OversizedItemCount,
            IsCanonical = isValid && envelopes.IsCanonical,
            HasUnknownTopLevelField = envelopes.HasUnknownTopLevelField,
        };
    }

    /// <summary>
    /// The walk request, ResourceX, ScopeX, item: the same three field numbers in all signals; profiles add a dictionary. Envelope messages are at most one per item,
    /// usually one per hundred, so clarity rules here; the time goes into <see cref="OtlpMessageCheck"/>.
    /// </summary>
    private ref struct Envelopes
    {
        public OtlpMessageCheck Check;
        public bool IsCanonical = true;
        public bool HasUnknownTopLevelField;
        public int ItemCount;
        public int OversizedItemCount;

        private readonly OtlpSignal _signal;
        private readonly ReadOnlySpan<byte> _body;
        private readonly int _maxItemBytes;
        private readonly bool _checksContents;

        public Envelopes(OtlpSignal signal, ReadOnlySpan<byte> body, OtlpLimits limits)
        {
            _signal = signal;
            _body = body;
            _maxItemBytes = limits.MaxItemBytes;
            _checksContents = limits.ChecksContents;
            Check = new OtlpMessageCheck(body, limits);
        }

        public bool Request()
        {
            var position = 0;
            while (position < _body.Length)
            {
                if (!Check.ReadField(_body, ref position, 0, out var tag, out var value))
                    return false;
                if (tag == SecondField && _signal == OtlpSignal.Profiles)
                {
                    if (_checksContents && !Check.Content(OtlpContent.ProfilesDictionary, value, 0))
                        return false;
                }
                else if (tag != FirstField)
                {
                    HasUnknownTopLevelField = true;
                    IsCanonical = false;
                }
                else if (!Check.CanDescend(value, 0) || !ResourceEnvelope(value))
                {
                    return false;
                }
            }

            return true;
        }

        private bool ResourceEnvelope(ReadOnlySpan<byte> envelope)
        {
            var position = 0;
            uint last = 0;
            while (position < envelope.Length)
            {
                if (!Check.ReadField(envelope, ref position, 1, out var tag, out var value))
                    return false;
                NoteOrder(tag, ref last);
                var isFine = tag switch
                {
                    FirstField => !_checksContents || Check.Content(OtlpContent.Resource, value, 1),
                    SecondField => Check.CanDescend(value, 1) && ScopeEnvelope(value),
                    ThirdField => !_checksContents || Check.Content(OtlpContent.String, value, 1),
                    _ => true,
                };
                if (!isFine)
                    return false;
            }

            return true;
        }

        private bool ScopeEnvelope(ReadOnlySpan<byte> envelope)
        {
            var position = 0;
            uint last = 0;
            while (position < envelope.Length)
            {
                if (!Check.ReadField(envelope, ref position, 2, out var tag, out var value))
                    return false;
                NoteOrder(tag, ref last);
                var isFine = tag switch
                {
                    FirstField => !_checksContents || Check.Content(OtlpContent.Scope, value, 2),
                    SecondField => Check.CanDescend(value, 2) && Item(value),
                    ThirdField => !_checksContents || Check.Content(OtlpContent.String, value, 2),
                    _ => true,
                };
                if (!isFine)
                    return false;
            }

            return true;
        }

        private bool Item(ReadOnlySpan<byte> item)
        {
            if (item.Length > _maxItemBytes)
                OversizedItemCount++;
            if (_signal == OtlpSignal.Metrics)
                return Metric(item);
            ItemCount++;
            return !_checksContents || Check.Message(OtlpSchema.Item(_signal), item, 3);
        }

        /// <summary>Counts the points that a parser would be left with: the data fields are a oneof, where the same one merges and another replaces.</summary>
        private bool Metric(ReadOnlySpan<byte> metric)
        {
            var position = 0;
            var points = 0;
            uint data = 0;
            var fields = OtlpSchema.FieldsOf(OtlpContent.Metric);
            while (position < metric.Length)
            {
                if (!Check.ReadField(metric, ref position, 3, out var tag, out var value))
                    return false;
                var content = (tag & 7) == (uint)WireType.LengthDelimited && tag >> 3 < fields.Length
                    ? (OtlpContent)fields[(int)(tag >> 3)]
                    : OtlpContent.Opaque;
                if (content is >= OtlpContent.NumberData and <= OtlpContent.SummaryData)
                {
                    IsCanonical &= data == 0;
                    if (data != tag)
                        points = 0;
                    data = tag;
                    if (!Check.CanDescend(value, 3) || !MetricData(OtlpSchema.FieldsOf(content)[1], value, ref points))
                        return false;
                }
                else if (_checksContents && !Check.Content(content, value, 3))
                {
                    return false;
                }
            }

            ItemCount += points;
            return true;
        }

        private bool MetricData(byte point, ReadOnlySpan<byte> data, ref int points)
        {
            var position = 0;
            while (position < data.Length)
            {
                if (!Check.ReadField(data, ref position, 4, out var tag, out var value))
                    return false;
                if (tag != FirstField)
                    continue;
                points++;
                if (_checksContents && !Check.Content((OtlpContent)point, value, 4))
                    return false;
            }

            return true;
        }

        /// <summary>Envelope fields are canonical in the order 1, 2…, 3, with 1 and 3 at most once.</summary>
        private void NoteOrder(uint tag, ref uint last)
        {
            if (tag < last || (tag == last && tag != SecondField) || tag is not (FirstField or SecondField or ThirdField))
                IsCanonical = false;
            last = tag;
        }
    }
}
