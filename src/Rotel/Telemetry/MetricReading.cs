using System.Diagnostics.Metrics;

namespace Rotel.Telemetry;

/// <summary>One metric and what was read of it. Not thread-safe: its reader's lock guards it.</summary>
internal sealed class MetricReading(string name, MetricShape shape, string? unit, string? description)
{
    private readonly Dictionary<string, PointReading> _byAttributes = new(StringComparer.Ordinal);
    private readonly List<PointReading> _points = [];

    public string Name { get; } = name;

    public MetricShape Shape { get; } = shape;

    public string Unit { get; } = unit ?? "";

    public string Description { get; } = description ?? "";

    /// <summary>In the order in which their attributes were first seen.</summary>
    public IReadOnlyList<PointReading> Points => _points;

    public static MetricReading Of(Instrument instrument) =>
        new(instrument.Name, ShapeOf(instrument), instrument.Unit, instrument.Description);

    /// <summary>Forgets the points, as those of an observable instrument that is about to be read.</summary>
    public void Clear()
    {
        _byAttributes.Clear();
        _points.Clear();
    }

    /// <summary>The point with these attributes, made where there is none.</summary>
    public PointReading PointOf(ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var key = "";
        foreach (var (name, value) in attributes)
            key += $"{name}\u001f{value}\u001e";
        if (!_byAttributes.TryGetValue(key, out var point))
        {
            _byAttributes.Add(key, point = new PointReading([.. attributes]));
            _points.Add(point);
        }

        return point;
    }

    private static MetricShape ShapeOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))
            return MetricShape.Counter;
        if (type == typeof(UpDownCounter<>) || type == typeof(ObservableUpDownCounter<>))
            return MetricShape.UpDownCounter;
        return type == typeof(Histogram<>) ? MetricShape.Histogram : MetricShape.Gauge;
    }
}
