using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>A memory of series over a clock that stands still, and points of it in seconds since it began to watch.</summary>
internal sealed class SeriesUnderTest : IDisposable
{
    public static readonly DateTimeOffset Watched = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public SeriesUnderTest(int maxSeries = 100_000, long maxBytes = 1 << 26)
    {
        Series = new CumulativeSeries(new CumulativeSeriesLimits(maxSeries, maxBytes, TimeSpan.FromHours(1)), Budget, Time, Watched);
    }

    public ByteBudget Budget { get; } = new(1 << 30);

    public FakeTimeProvider Time { get; } = new(Watched + TimeSpan.FromHours(10));

    public CumulativeSeries Series { get; }

    /// <summary>Nanoseconds of a time; of 0, which stands for a start that is unknown, 0.</summary>
    public static ulong Nano(double second) =>
        second == 0 ? 0 : (ulong)((Watched - DateTimeOffset.UnixEpoch).Ticks * 100) + (ulong)(long)(second * 1e9);

    public static SeriesKey Key(int id) => SeriesKey.OfResource(ResourceReader.Read([])).WithRun((ulong)id, ulong.MaxValue);

    public NumberDelta Add(double start, double time, long value, int id = 0, bool monotonic = true) =>
        Add(new NumberDataPoint { StartTimeUnixNano = Nano(start), TimeUnixNano = Nano(time), AsInt = value }, id, monotonic);

    public NumberDelta AddDouble(double start, double time, double value, int id = 0) =>
        Add(new NumberDataPoint { StartTimeUnixNano = Nano(start), TimeUnixNano = Nano(time), AsDouble = value }, id);

    public NumberDelta Add(NumberDataPoint point, int id = 0, bool monotonic = true) =>
        Series.Number(Key(id), NumberDataPointReader.Read(point.ToByteArray()), monotonic);

    public HistogramDelta Add(HistogramDataPoint point, int id = 0)
    {
        var delta = new HistogramDelta();
        Series.Histogram(Key(id), HistogramDataPointReader.Read(point.ToByteArray()), delta);
        return delta;
    }

    public ExponentialHistogramDelta Add(ExponentialHistogramDataPoint point, int id = 0)
    {
        var delta = new ExponentialHistogramDelta();
        Series.ExponentialHistogram(Key(id), ExponentialHistogramDataPointReader.Read(point.ToByteArray()), delta);
        return delta;
    }

    public SummaryDelta Add(SummaryDataPoint point, int id = 0) =>
        Series.Summary(Key(id), SummaryDataPointReader.Read(point.ToByteArray()));

    public void Dispose() => Series.Dispose();
}
