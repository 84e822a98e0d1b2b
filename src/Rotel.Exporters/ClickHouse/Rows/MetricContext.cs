using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>What the points of one metric have in common. A view, like the readers it is made of.</summary>
internal ref struct MetricContext(ContextNumbers numbers)
{
    private readonly ContextNumbers _numbers = numbers;

    /// <summary>Another number for every metric.</summary>
    public long MetricId { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Description { get; private set; }

    public ReadOnlySpan<byte> Unit { get; private set; }

    /// <summary>The number of the enumeration; 0 for kinds that have none.</summary>
    public int AggregationTemporality { get; set; }

    public bool IsMonotonic { get; set; }

    /// <summary>What every row repeats of this, in bytes.</summary>
    public readonly int Bytes => Name.Length + Description.Length + Unit.Length;

    public void Enter(MetricReader metric)
    {
        MetricId = _numbers.Next();
        Name = metric.Name;
        Description = metric.Description;
        Unit = metric.Unit;
        AggregationTemporality = 0;
        IsMonotonic = false;
    }
}
