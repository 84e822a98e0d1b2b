using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

public sealed class RotelMetricsTests
{
    private static readonly string[] PerComponent = ["rotel.component", "rotel.signal"];
    private static readonly string[] PerReason = ["rotel.component", "rotel.reason", "rotel.signal"];

    [Fact]
    public async Task Instruments_AfterSomeTraffic_HaveTheirNamesUnitsTagsAndValues()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.PartlyDelivered(2, "two were bad")));
        var component = $"metrics-{Guid.NewGuid():N}";
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings() with { Exporter = component });
        engine.Metrics.Watch(queue);
        var intake = engine.CreateIntake();
        engine.Receiver.CountRepaired(1);
        engine.Receiver.CountOversized(3);
        engine.Metrics.AddConnections(component).CountRefused(ConnectionRefusal.ClientCertificate);
        intake.Refuse(OtlpSignal.Traces, RefusalReason.Malformed, "no");

        var seen = new List<(string Name, string? Unit, string[] Tags, double Value, string? Component)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == RotelMetrics.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            lock (seen)
            {
                seen.Add((
                    instrument.Name,
                    instrument.Unit,
                    [.. all.Select(tag => tag.Key).Order()],
                    value,
                    all.FirstOrDefault(tag => tag.Key == "rotel.component").Value as string));
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5));
        await queue.FlushAsync(TestContext.Current.CancellationToken);
        listener.RecordObservableInstruments();

        void Expect(string name, string? unit, string[] tags, double? value, bool mine = true)
        {
            var found = seen.Where(one => one.Name == name && (!mine || one.Component == component)).ToList();
            Assert.True(found.Count > 0, $"{name} was not measured");
            Assert.All(found, one => Assert.Equal(unit, one.Unit));
            Assert.All(found, one => Assert.Equal(tags, one.Tags));
            if (value is not null)
                Assert.Contains(found, one => one.Value == value);
        }

        lock (seen)
        {
            Expect("rotel.receiver.accepted", "{item}", PerComponent, 5, mine: false);
            Expect("rotel.receiver.rejected", "{item}", PerReason, 3, mine: false);
            Expect("rotel.receiver.refused", "{request}", PerReason, 1, mine: false);
            Expect("rotel.receiver.connections.refused", "{connection}", ["rotel.component", "rotel.reason"], 1);
            Expect("rotel.receiver.repaired", "{string}", PerComponent, 1, mine: false);
            Expect("rotel.exporter.accepted", "{item}", PerComponent, 5);
            Expect("rotel.exporter.sent", "{item}", PerComponent, 3);
            Expect("rotel.exporter.dropped", "{item}", PerReason, 2);
            Expect("rotel.exporter.failed", "{attempt}", PerComponent, 0);
            Expect("rotel.exporter.queue.items", "{item}", PerComponent, 0);
            Expect("rotel.exporter.queue.bytes", "By", PerComponent, 0);
            Expect("rotel.exporter.queue.oldest_age", "s", PerComponent, 0);
            Expect("rotel.exporter.attempt.duration", "s", PerComponent, 0);
            Expect("rotel.memory.reserved", "By", [], 0, mine: false);
            Expect("rotel.memory.limit", "By", [], engine.Pool.Budget.Limit, mine: false);
            Expect("rotel.memory.guarded", "1", [], 0, mine: false);
            Expect("rotel.thread_pool.starvations", "{occurrence}", [], 0, mine: false);
            Assert.Equal(17, seen.Select(one => one.Name).Distinct().Count());
        }
    }

    [Fact]
    public void Reasons_AllOfThem_HaveANameOfTheirOwn()
    {
        var drops = Enum.GetValues<DropReason>().Select(reason => reason.Name()).ToList();
        var refusals = Enum.GetValues<RefusalReason>().Select(reason => reason.Name()).ToList();

        Assert.Equal(DropReasons.Count, drops.Distinct().Count());
        Assert.Equal(RefusalReasons.Count, refusals.Distinct().Count());
    }
}
