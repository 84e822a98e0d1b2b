using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Writes what one OTLP point becomes, a value, several or a distribution, to the requests of both intakes, with all that is the same for
/// the points of a resource, a scope and a metric. The point counts once as an item, with what is written for it first.
/// </summary>
internal sealed class PointWriter : IDisposable
{
    private readonly BufferPool _pool;
    private readonly bool _scopeAsTags;
    private readonly TimeProvider _time;
    private readonly RecordBody _series;
    private readonly RecordBody _sketches;
    private readonly PooledBytes _scopeSeriesTags;
    private readonly PooledBytes _scopeSketchTags;
    private readonly PooledBytes _text;
    private readonly PooledBytes _dogsketch;
    private readonly byte[] _name = new byte[MetricName.MaxLength];
    private int _nameLength;
    private byte[] _unit = [];
    private ResourceHead? _resource;
    private uint _originService;
    private int _owedItems;

    public PointWriter(BufferPool pool, bool scopeAsTags, TimeProvider time)
    {
        _pool = pool;
        _scopeAsTags = scopeAsTags;
        _time = time;
        _series = new RecordBody(DatadogIntake.Series, RecordLimits.Series, pool);
        _sketches = new RecordBody(DatadogIntake.Sketches, RecordLimits.Sketches, pool);
        _scopeSeriesTags = new PooledBytes(pool);
        _scopeSketchTags = new PooledBytes(pool);
        _text = new PooledBytes(pool);
        _dogsketch = new PooledBytes(pool);
        ExtraTags = new PooledBytes(pool);
    }

    /// <summary>The batch under way; set before a point is written.</summary>
    public PayloadSink? Sink { get; set; }

    /// <summary>For tags of one value, beside those of its point, as fields of a series: emptied and written by who uses it.</summary>
    public PooledBytes ExtraTags { get; }

    public void EnterResource(DatadogResource resource) => _resource = ResourceHead.Of(resource, _pool);

    public void EnterScope(InstrumentationScopeReader scope)
    {
        _originService = MetricOrigin.ServiceOf(scope.Name);
        _scopeSeriesTags.Clear();
        _scopeSketchTags.Clear();
        if (!_scopeAsTags)
            return;
        WriteScopeTags(scope, _scopeSeriesTags, SeriesFields.Tags);
        WriteScopeTags(scope, _scopeSketchTags, SketchFields.Tags);
    }

    /// <summary>False when the metric has a name that Datadog does not take; its points are to be rejected then.</summary>
    public bool TryEnterMetric(MetricReader metric)
    {
        var prefix = MetricRenaming.PrefixOf(metric.Name);
        prefix.CopyTo(_name);
        Span<byte> room = stackalloc byte[MetricName.MaxLength];
        var name = MetricName.Normalize(metric.Name, room);
        name = name[..Math.Min(name.Length, MetricName.MaxLength - prefix.Length)];
        name.CopyTo(_name.AsSpan(prefix.Length));
        _nameLength = name.IsEmpty ? 0 : prefix.Length + name.Length;
        _unit = MetricUnit.Of(metric.Unit);
        return _nameLength > 0;
    }

    /// <summary>Before anything of a point is written.</summary>
    public void BeginPoint() => _owedItems = 1;

    /// <summary>Leaves points out, of which nothing was written.</summary>
    public void Reject(int points, string reason)
    {
        if (points > 0)
            Sink!.Reject(points, reason);
    }

    /// <summary>Writes one value under the metric's name.</summary>
    /// <param name="type">What kind of number it is to Datadog.</param>
    /// <param name="suffix">What the name ends with; may be empty.</param>
    /// <param name="hasUnit">Whether the number has the metric's unit, and does not count observations.</param>
    /// <param name="attributes">Of the point.</param>
    /// <param name="extraTags">More tags, as fields of a series.</param>
    /// <param name="timeUnixNano">Of the point.</param>
    /// <param name="value">A finite number.</param>
    public void WriteSeries(
        SeriesType type,
        ReadOnlySpan<byte> suffix,
        bool hasUnit,
        WireList<KeyValueReader> attributes,
        ReadOnlySpan<byte> extraTags,
        ulong timeUnixNano,
        double value)
    {
        if (IsLeftOut(_series))
            return;
        var name = _name.AsSpan(0, Math.Min(_nameLength, MetricName.MaxLength - suffix.Length));
        var record = BeginSeries(name, suffix, hasUnit ? _unit : [], type);
        record.Write(extraTags);
        PointTags.Write(attributes, [], record, SeriesFields.Tags, _text);
        EndSeries(timeUnixNano, value);
    }

    /// <summary>Writes what a histogram knows beside its buckets.</summary>
    /// <param name="delta">What the point adds.</param>
    /// <param name="hasExtremes">
    /// Whether least and greatest are sent: those of cumulative points are known only when they change, and would come less and less.
    /// </param>
    /// <param name="attributes">Of the point.</param>
    public void WriteAggregations(DistributionDelta delta, bool hasExtremes, WireList<KeyValueReader> attributes)
    {
        var time = delta.ToUnixNano;
        WriteSeries(SeriesType.Count, ".count"u8, hasUnit: false, attributes, default, time, delta.Count);
        if (delta.Sum is { } sum)
            WriteSeries(SeriesType.Count, ".sum"u8, hasUnit: true, attributes, default, time, sum);
        if (hasExtremes && delta.Min is { } min)
            WriteSeries(SeriesType.Gauge, ".min"u8, hasUnit: true, attributes, default, time, min);
        if (hasExtremes && delta.Max is { } max)
            WriteSeries(SeriesType.Gauge, ".max"u8, hasUnit: true, attributes, default, time, max);
    }

    /// <summary>Writes the value under another name; this is beside the metric and settles nothing.</summary>
    public void WriteCopy(MetricCopy copy, SeriesType type, WireList<KeyValueReader> attributes, ulong timeUnixNano, double value)
    {
        if (IsLeftOut(_series))
            return;
        var record = BeginSeries(copy.Name, default, copy.KeepsUnit ? _unit : [], type);
        PointTags.Write(attributes, copy.ExceptKeys, record, SeriesFields.Tags, _text);
        EndSeries(timeUnixNano, value);
    }

    /// <summary>Writes a distribution under the metric's name.</summary>
    public void WriteSketch(DistributionSketch sketch, WireList<KeyValueReader> attributes, ulong timeUnixNano)
    {
        if (IsLeftOut(_sketches))
            return;
        var record = _sketches.BeginPoint();
        record.Write(_resource!.Sketch);
        ProtoFields.WriteBytes(record, SketchFields.Metric, _name.AsSpan(0, _nameLength));
        record.Write(_scopeSketchTags.Span);
        PointTags.Write(attributes, [], record, SketchFields.Tags, _text);
        MetricOrigin.Write(record, SketchFields.Metadata, _originService);

        _dogsketch.Clear();
        sketch.WriteTo(_dogsketch, SecondsOf(timeUnixNano));
        var point = _sketches.EndHead(Sink!);
        ProtoFields.WriteBytes(point, SketchFields.Dogsketches, _dogsketch.Span);
        _sketches.EndPoint(_owedItems);
        _owedItems = 0;
    }

    /// <summary>Closes the requests into the sink and gives the buffers back.</summary>
    public void Close()
    {
        _series.Close(Sink!);
        _sketches.Close(Sink!);
        Abandon();
    }

    public void Abandon()
    {
        _series.Abandon();
        _sketches.Abandon();
        _scopeSeriesTags.Release();
        _scopeSketchTags.Release();
        _text.Release();
        _dogsketch.Release();
        ExtraTags.Release();
        _resource = null;
        Sink = null;
    }

    public void Dispose() => Abandon();

    private bool IsLeftOut(RecordBody body)
    {
        if (!body.IsFull)
            return false;
        Sink!.RejectOversized(_owedItems);
        _owedItems = 0;
        return true;
    }

    private PooledBytes BeginSeries(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> unit, SeriesType type)
    {
        var record = _series.BeginPoint();
        record.Write(_resource!.Series);
        ProtoFields.WriteLengthStart(record, SeriesFields.Metric, name.Length + suffix.Length);
        record.Write(name);
        record.Write(suffix);
        ProtoFields.WriteVarint(record, SeriesFields.Type, (ulong)type);
        if (!unit.IsEmpty)
            ProtoFields.WriteBytes(record, SeriesFields.Unit, unit);
        MetricOrigin.Write(record, SeriesFields.Metadata, _originService);
        record.Write(_scopeSeriesTags.Span);
        return record;
    }

    private void EndSeries(ulong timeUnixNano, double value)
    {
        var seconds = (ulong)SecondsOf(timeUnixNano);
        var point = _series.EndHead(Sink!);
        ProtoFields.WriteLengthStart(point, SeriesFields.Points, 1 + sizeof(double) + 1 + WireFormat.VarintLength(seconds));
        ProtoFields.WriteDouble(point, SeriesFields.PointValue, value);
        ProtoFields.WriteVarint(point, SeriesFields.PointTimestamp, seconds);
        _series.EndPoint(_owedItems);
        _owedItems = 0;
    }

    private long SecondsOf(ulong unixNano) =>
        unixNano == 0 ? _time.GetUtcNow().ToUnixTimeSeconds() : (long)(unixNano / 1_000_000_000);

    private void WriteScopeTags(InstrumentationScopeReader scope, PooledBytes tags, int field)
    {
        PointTags.Write(tags, field, "instrumentation_scope"u8, scope.Name);
        PointTags.Write(tags, field, "instrumentation_scope_version"u8, scope.Version);
        PointTags.Write(scope.Attributes, [], tags, field, _text);
    }
}
