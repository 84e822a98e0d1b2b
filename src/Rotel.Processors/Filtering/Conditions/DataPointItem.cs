using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A data point of any kind of metric, read when the first condition asks for something in it.</summary>
internal ref struct DataPointItem(MetricKind kind, ReadOnlySpan<byte> message, ReadOnlySpan<bool> known, EditScratch scratch) : IAttributedItem
{
    private readonly MetricKind _kind = kind;
    private readonly ReadOnlySpan<byte> _message = message;
    private readonly ReadOnlySpan<bool> _known = known;
    private WireList<KeyValueReader> _attributes;
    private NumberValue _number;
    private bool _isRead;

    public WireList<KeyValueReader> Attributes
    {
        get
        {
            Read();
            return _attributes;
        }
    }

    /// <summary>The value of a point of a gauge or a sum.</summary>
    public NumberValue Number
    {
        get
        {
            Read();
            return _number;
        }
    }

    public EditScratch Scratch { get; } = scratch;

    public readonly bool IsKnown(int index) => _known[index];

    private void Read()
    {
        if (_isRead)
            return;
        _isRead = true;
        switch (_kind)
        {
            case MetricKind.Gauge or MetricKind.Sum:
                var point = NumberDataPointReader.Read(_message);
                _attributes = point.Attributes;
                _number = point.Number;
                break;
            case MetricKind.Histogram:
                _attributes = HistogramDataPointReader.Read(_message).Attributes;
                break;
            case MetricKind.ExponentialHistogram:
                _attributes = ExponentialHistogramDataPointReader.Read(_message).Attributes;
                break;
            case MetricKind.Summary:
                _attributes = SummaryDataPointReader.Read(_message).Attributes;
                break;
            default:
                break;
        }
    }
}
