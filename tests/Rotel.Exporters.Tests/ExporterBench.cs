using System.Diagnostics.Metrics;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Exporters.Tests;

/// <summary>What an exporter works with: a pool whose loans are counted, a clock, and a meter factory of its own.</summary>
internal sealed class ExporterBench : IDisposable
{
    private readonly RenamingMeterFactory _meters = new();
    private readonly BackgroundWorkers _workers = new(1);

    public ExporterBench(TimeProvider? time = null) =>
        Context = new ExporterContext("test", new BufferPool(Budget), time ?? TimeProvider.System, Log, _meters, _workers);

    public EventLog Log { get; } = new();

    public ByteBudget Budget { get; } = new(256 * 1024 * 1024);

    public ExporterContext Context { get; }

    public OtlpBatch Batch(OtlpSignal signal, params ReadOnlySpan<byte[]> bodies)
    {
        var batch = new OtlpBatch(signal);
        foreach (var body in bodies)
        {
            var buffer = Context.Pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(signal, buffer, body.Length, itemCount: 1));
        }

        return batch;
    }

    public void Dispose()
    {
        _workers.Dispose();
        _meters.Dispose();
    }

    /// <summary>Listeners choose meters by name, so ours get another one, as in the product.</summary>
    internal sealed class RenamingMeterFactory : IMeterFactory
    {
        public const string Prefix = "Rotel.Test/";

        private readonly List<Meter> _created = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(new MeterOptions(Prefix + options.Name) { Version = options.Version, Tags = options.Tags, Scope = this });
            lock (_created)
                _created.Add(meter);
            return meter;
        }

        public void Dispose()
        {
            lock (_created)
                _created.ForEach(meter => meter.Dispose());
        }
    }
}
