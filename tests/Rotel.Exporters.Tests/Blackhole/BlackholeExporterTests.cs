using Rotel.Exporters.Blackhole;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Tests.Blackhole;

public class BlackholeExporterTests
{
    [Fact]
    public async Task Export_AnyBatch_IsDelivered()
    {
        using var bench = new ExporterBench();
        await using var exporter = new BlackholeExporterType().Create(new BlackholeExporterOptions(), bench.Context);
        using var batch = bench.Batch(OtlpSignal.Logs, new byte[10]);

        Assert.Null(exporter.Encode(batch));
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch, TestContext.Current.CancellationToken)).Kind);
    }
}
